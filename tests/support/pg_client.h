// SQL from tests, on its own connections: what a person with psql would see and do.
// Every failure is an exception, which fails the test.
#ifndef PALIAD_TESTS_SUPPORT_PG_CLIENT_H_
#define PALIAD_TESTS_SUPPORT_PG_CLIENT_H_

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

struct pg_conn;

namespace paliad::testing {

// The server's message, with its detail and hint.
class PgError : public std::runtime_error {
 public:
  PgError(const std::string& message, std::string sqlstate)
      : std::runtime_error(message), sqlstate_(std::move(sqlstate)) {}
  const std::string& sqlstate() const { return sqlstate_; }  // empty: the connection failed

 private:
  std::string sqlstate_;
};

using PgRow = std::vector<std::string>;  // NULL is "NULL"
using PgRows = std::vector<PgRow>;

// A connection that stays open: to hold locks, transactions and temporary tables. One thread at a time.
class PgConnection {
 public:
  // Throws PgError.
  explicit PgConnection(const std::string& url);
  ~PgConnection();
  PgConnection(PgConnection&&) noexcept;
  PgConnection& operator=(PgConnection&&) noexcept;

  // The rows of the last statement of `sql`. Throws PgError.
  PgRows Query(std::string_view sql);
  // REQUIRES: one row of one column.
  std::string Value(std::string_view sql);
  void Exec(std::string_view sql) { Query(sql); }

  int backend_pid() const;
  pg_conn* raw() const { return connection_.get(); }

 private:
  struct Close {
    void operator()(pg_conn* connection) const;
  };
  std::unique_ptr<pg_conn, Close> connection_;
};

// "postgresql:///t1?host=/tmp/…&user=postgres"
std::string SocketUrl(std::string_view folder, std::string_view database, std::string_view user);

// Each on a connection of its own.
PgRows Query(const std::string& url, std::string_view sql);
std::string Value(const std::string& url, std::string_view sql);
void Exec(const std::string& url, std::string_view sql);

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_SUPPORT_PG_CLIENT_H_
