// Where a remote repository is: one parsed URL, its secrets apart from what may be shown and stored.
#ifndef PALIAD_CONTROLLER_GIT_REMOTE_URL_H_
#define PALIAD_CONTROLLER_GIT_REMOTE_URL_H_

#include <string>
#include <string_view>

#include "base/result.h"

namespace paliad::git {

enum class Scheme { kFile, kHttps, kHttp, kSsh };

struct RemoteUrl {
  Scheme scheme = Scheme::kFile;
  std::string user;      // percent-decoded; may be empty
  std::string password;  // percent-decoded; may be empty
  std::string host;      // lower case, without brackets; empty for kFile
  int port = 0;          // the scheme's own where none is written; 0 for kFile

  // What libgit2 is given, what names the clone and what messages show: without a password, and for HTTP
  // without a user too, since tokens are often written there.
  std::string location;
};

// Grammar: ("file" / "https" / "http" / "ssh") "://" [user [":" password] "@"] [host [":" port]] path, or
// user "@" host ":" path as scp writes it. kInvalidInput for everything else, for control characters, and
// for a host that begins with '-'.
[[nodiscard]] Result<RemoteUrl> ParseRemoteUrl(std::string_view url);

// True for "localhost", 127.0.0.0/8 and ::1.
bool IsLoopback(const RemoteUrl& url);

}  // namespace paliad::git

#endif  // PALIAD_CONTROLLER_GIT_REMOTE_URL_H_
