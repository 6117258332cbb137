#include "tests/support/pgbouncer.h"

#include <postgresql/libpq-fe.h>

#include <chrono>
#include <stdexcept>
#include <thread>

#include "tests/support/pg_client.h"
#include "tests/support/postgres_cluster.h"

namespace paliad::testing {
namespace {

constexpr auto kDeadline = std::chrono::seconds(30);
constexpr auto kPollInterval = std::chrono::milliseconds(5);

std::string Configuration(const std::string& folder, const std::string& server_dir,
                          const PgBouncer::Options& options) {
  std::string text = "[databases]\n* = host=" + server_dir +
                     " port=5432\n"
                     "[pgbouncer]\n"
                     "listen_port = 5432\n"  // names the socket; without listen_addr there is no other
                     "unix_socket_dir = " +
                     folder + "\nunix_socket_mode = 0777\nauth_type = trust\nauth_file = " + folder +
                     "/users\npool_mode = " + options.pool_mode +
                     "\ndefault_pool_size = " + std::to_string(options.pool_size) + "\n";
  for (const std::string& setting : options.settings) {
    text += setting + "\n";
  }
  return text;
}

std::string UserList(const std::vector<std::string>& users) {
  std::string text;
  for (const std::string& user : users) {
    text += "\"" + user + "\" \"\"\n";
  }
  return text;
}

}  // namespace

PgBouncer::PgBouncer(const std::string& server_dir, const Options& options) {
  dir_.Write("users", UserList(options.users));
  const std::string file = dir_.Write("pgbouncer.ini", Configuration(dir_.path(), server_dir, options));
  GiveToPostgres(dir_.path());
  process_ = std::make_unique<BackgroundProcess>(
      Command{.argv = {"pgbouncer", file}, .user = PostgresSystemUser(), .log_file = dir_.path() + "/log"});
  const auto deadline = std::chrono::steady_clock::now() + kDeadline;
  while (PQping(Url().c_str()) != PQPING_OK) {
    if (!process_->Running() || std::chrono::steady_clock::now() >= deadline) {
      throw std::runtime_error("pgbouncer does not start\n" + Log());
    }
    std::this_thread::sleep_for(kPollInterval);
  }
}

std::string PgBouncer::Url(std::string_view database, std::string_view user) const {
  return SocketUrl(socket_dir(), database, user);
}

std::string PgBouncer::Log() const { return ReadFile(dir_.path() + "/log"); }

}  // namespace paliad::testing
