// Git over HTTPS as people run it: nginx in front of fcgiwrap and git-http-backend, with basic authentication
// and a certificate of a private authority; on loopback, as root or as anybody.
#ifndef PALIAD_TESTS_GIT_HTTPS_SERVER_H_
#define PALIAD_TESTS_GIT_HTTPS_SERVER_H_

#include <memory>
#include <string>

#include "tests/git/process.h"
#include "tests/git/temp_dir.h"

namespace paliad::testing {

class HttpsServer {
 public:
  static constexpr char kUser[] = "reader";
  static constexpr char kPassword[] = "correct horse";

  // Serves the bare repositories in `projects`, at
  //   /public/NAME.git    to everybody
  //   /private/NAME.git   with the user and password above
  //   /elsewhere/NAME.git redirects to the same path under https://127.0.0.1, another host
  explicit HttpsServer(const std::string& projects);

  // "https://localhost:PORT"
  std::string url() const;
  // "http://localhost:PORT": the same without TLS.
  std::string plain_url() const;
  std::string ca_file() const { return files_ / "ca.pem"; }

  // A line for each request that got through TLS.
  std::string access_log() const;

 private:
  void MakeCertificates() const;
  std::string Fill(const std::string& pattern, const std::string& projects) const;

  TempDir files_;
  int tls_port_ = FreePort();
  int plain_port_ = FreePort();
  int backend_port_ = FreePort();
  std::unique_ptr<Server> backend_;
  std::unique_ptr<Server> nginx_;
};

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_GIT_HTTPS_SERVER_H_
