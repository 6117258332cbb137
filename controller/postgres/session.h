// Session: one PostgreSQL backend, from the connection to its end. The first break ends it for good: nothing
// reconnects in silence, since a new backend does not hold the old one's advisory lock.
//
// libpq is used as it is. libpqxx 6 reconnects by itself, reports success for a body that committed by
// itself, and hides error positions and the results of a message with several statements; the core's protocol
// is made of such messages.
//
// Not thread-safe.
#ifndef PALIAD_CONTROLLER_POSTGRES_SESSION_H_
#define PALIAD_CONTROLLER_POSTGRES_SESSION_H_

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "controller/postgres/rows.h"
#include "controller/postgres/server_error.h"

struct pg_conn;

namespace paliad::pg {

// The oldest server that has what the core needs (pg_current_xact_id, xid8).
inline constexpr int kOldestServer = 130000;

// For SQL of our own: whoever can set a role's search path could put operators of their own before
// PostgreSQL's.
inline constexpr char kOwnSearchPath[] = "pg_catalog, pg_temp";

struct SessionOptions {
  std::string url;  // postgresql://… or key=value …; a password in it is never shown
  // Instead of what the URL says; none: as it says.
  std::optional<std::string> database;
  std::optional<std::string> role;
  std::optional<std::string> password;
  std::string application_name = "paliadctl";
  std::optional<std::string> search_path;    // none: the login role's own
  std::chrono::seconds connect_timeout{10};  // > 0
  // Cancels a body that runs, in the server, where it then rolls back; the session lives on.
  std::stop_token cancel;
  // Called for each notice or warning that the server sends; may be empty.
  std::function<void(std::string_view)> on_notice;
};

struct ServerFacts {
  int version = 0;  // 150018
  std::string database;
  std::string role;      // the login role
  std::string encoding;  // "UTF8"
  bool in_recovery = false;
  bool track_counts = true;
  int backend_pid = 0;  // the server's own word, not a pooler's
};

// What came of one simple-query message: everything up to the first error.
struct MessageResult {
  std::vector<Rows> results;  // one for each statement that completed, in order; empty Rows if unwanted
  std::optional<ServerError> error;  // the statement after those failed
  bool committed = false;            // the server confirmed a COMMIT in this message
  bool connection_lost = false;  // no ReadyForQuery came: what was running may or may not have taken effect

  bool ok() const { return !error && !connection_lost; }
};

class Session {
 public:
  // kUnavailable: no connection; kInvalidInput: no such database or role, a server older than kOldestServer,
  // an encoding other than UTF8 or SQL_ASCII.
  [[nodiscard]] static Result<Session> Connect(const SessionOptions& options);

  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;
  ~Session();

  // kUnavailable if the server is a standby, which may be promoted yet.
  [[nodiscard]] Status RequirePrimary() const;

  // As RequirePrimary, and kInvalidInput unless the server counts tuples and the connection is this client's
  // alone for as long as it lasts (not through a transaction pooler).
  [[nodiscard]] Status RequireExclusiveBackend();

  // SQL that makes every setting explicit that matters to the core: the login role's defaults may be
  // anything. Valid in and out of a transaction; ends with a semicolon.
  const std::string& settings_sql() const { return settings_sql_; }

  // One simple-query message; waits for all of it.
  [[nodiscard]] MessageResult Send(const std::string& sql);

  // The same for text that somebody else wrote: rows are thrown away as they come, COPY is refused,
  // and the memory used does not grow with the answer. REQUIRES: no NUL in `sql`.
  // `before` is SQL of our own that goes ahead of it in the same message: ASCII, `statements_before`
  // statements, each of which returns at most one row, which is kept. Where the text cannot be parsed,
  // nothing of the message runs and there are no results. An error's position counts from the text's start.
  [[nodiscard]] MessageResult SendBody(const std::string& sql, const std::string& before = "",
                                       std::size_t statements_before = 0);

  // Send for SQL that should not fail; `doing` completes "cannot …" in the error.
  [[nodiscard]] Result<std::vector<Rows>> Run(const std::string& sql, std::string_view doing);

  // One statement with $n parameters in text form.
  [[nodiscard]] Result<Rows> Query(const std::string& sql,
                                   const std::vector<std::optional<std::string>>& parameters,
                                   std::string_view doing);

  bool broken() const;

  // The server said that no transaction is open.
  bool idle() const;

  const ServerFacts& facts() const { return facts_; }

  // The URL without its secrets.
  const std::string& shown_url() const { return shown_url_; }

 private:
  struct Closer {
    void operator()(pg_conn* connection) const;
  };

  Session() = default;
  static Result<Session> Open(const SessionOptions& options);  // connected, nothing asked
  Status ReadFacts();
  Result<Rows> AskForFacts();
  Status RequireNoTransactionPooler();
  Result<int> BackendPid();
  // The rows of so many statements are kept.
  MessageResult Collect(std::size_t statements_kept, bool cancellable = false);
  void AwaitResult();  // or cancel it

  std::unique_ptr<pg_conn, Closer> connection_;
  std::unique_ptr<std::function<void(std::string_view)>> on_notice_;  // its address is libpq's
  SessionOptions options_;
  std::string shown_url_;
  std::string settings_sql_;
  ServerFacts facts_;
};

// A literal for generated SQL that is right whatever standard_conforming_strings and client_encoding are:
// ASCII only. `text` must be UTF-8 without NUL.
std::string QuoteText(std::string_view text);

// $paliad$…$paliad$, or another tag where the text has that one: the text as it is, byte for byte.
std::string DollarQuote(std::string_view text);

// The same for bytes: pg_catalog.decode('…','hex').
std::string QuoteBytes(std::string_view bytes);

// "name" with its quotes doubled.
std::string QuoteIdentifier(std::string_view name);

}  // namespace paliad::pg

#endif  // PALIAD_CONTROLLER_POSTGRES_SESSION_H_
