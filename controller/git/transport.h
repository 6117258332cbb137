// One connection to a remote: who it is (certificate, host key), who we are (credentials), and how much it
// may send. libgit2 asks through callbacks, which know only codes; the reason is kept here. Not thread-safe;
// must outlive the connection.
#ifndef PALIAD_CONTROLLER_GIT_TRANSPORT_H_
#define PALIAD_CONTROLLER_GIT_TRANSPORT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "controller/git/fetch.h"
#include "controller/git/libgit2.h"
#include "controller/git/remote_url.h"

namespace paliad::git {

class Transport {
 public:
  Transport(RemoteUrl url, Credentials credentials, std::uint64_t max_bytes);
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  // What can be known before connecting: files that must be readable, http:// with credentials. Also sets
  // libgit2's certificate authorities, which are the process's.
  [[nodiscard]] Status Prepare();

  git_remote_connect_options ConnectOptions();

  // Why a call of libgit2 failed that used this connection: the reason that a callback refused for, else
  // libgit2's own. Call it before the next call of libgit2.
  Error FailureOf(int code) const;

  // True if a callback of this connection refused, or the network or the peer failed: nothing is wrong here.
  bool PeerFailed() const;

  const RemoteUrl& url() const { return url_; }

 private:
  static int OnCredentials(git_credential** out, const char* url, const char* user, unsigned int allowed,
                           void* self);
  static int OnCertificate(git_cert* certificate, int valid, const char* host, void* self);
  static int OnTransfer(const git_indexer_progress* progress, void* self);

  int Authenticate(git_credential** out, const char* user, unsigned int allowed);
  int OfferPassword(git_credential** out);
  int OfferSshKey(git_credential** out, const std::string& user);
  int CheckHostKey(const git_cert_hostkey& certificate);
  int CheckCertificate(bool valid);
  int Refuse(ErrorKind kind, std::string cause, std::string hint);

  const RemoteUrl url_;
  const Credentials credentials_;
  const std::uint64_t max_bytes_;
  std::string user_;      // the configured one, else the URL's
  std::string password_;  // likewise
  bool offered_password_ = false;
  bool offered_key_ = false;
  bool receiving_ = false;
  std::optional<Error> refusal_;
};

}  // namespace paliad::git

#endif  // PALIAD_CONTROLLER_GIT_TRANSPORT_H_
