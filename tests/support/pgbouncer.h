// Debian's pgbouncer in front of a server: pooled connections, as many installations have them.
#ifndef PALIAD_TESTS_SUPPORT_PGBOUNCER_H_
#define PALIAD_TESTS_SUPPORT_PGBOUNCER_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace paliad::testing {

class PgBouncer {
 public:
  struct Options {
    std::string pool_mode = "transaction";          // or "session", "statement"
    int pool_size = 5;                              // server connections for each pair of user and database
    std::vector<std::string> users = {"postgres"};  // who may connect, without a password
    std::vector<std::string> settings = {};         // further lines of its [pgbouncer] section
  };

  // In front of the server whose socket is in `server_dir`, for every database there. Throws
  // std::runtime_error with its log when it does not start.
  explicit PgBouncer(const std::string& server_dir) : PgBouncer(server_dir, Options()) {}
  PgBouncer(const std::string& server_dir, const Options& options);
  ~PgBouncer() = default;
  PgBouncer(const PgBouncer&) = delete;
  PgBouncer& operator=(const PgBouncer&) = delete;

  std::string Url(std::string_view database = "postgres", std::string_view user = "postgres") const;
  const std::string& socket_dir() const { return dir_.path(); }
  std::string Log() const;

 private:
  const TempDir dir_;
  std::unique_ptr<BackgroundProcess> process_;
};

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_SUPPORT_PGBOUNCER_H_
