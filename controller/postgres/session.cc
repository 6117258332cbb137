#include "controller/postgres/session.h"

#include <fmt/format.h>
#include <poll.h>
#include <postgresql/libpq-fe.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>
#include <utility>

#include "base/text.h"
#include "controller/postgres/session_sql.h"

namespace paliad::pg {
namespace {

constexpr std::size_t kAllStatements = std::numeric_limits<std::size_t>::max();

using ResultHandle = std::shared_ptr<pg_result>;

std::string TrimmedMessage(const char* message) {
  std::string text = message == nullptr ? "" : message;
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) {
    text.pop_back();
  }
  return text;
}

std::string Field(const PGresult* result, int code) {
  const char* value = PQresultErrorField(result, code);
  return value == nullptr ? "" : value;
}

ServerError ReadError(const PGresult* result) {
  ServerError error{.sqlstate = Field(result, PG_DIAG_SQLSTATE),
                    .message = Field(result, PG_DIAG_MESSAGE_PRIMARY),
                    .detail = Field(result, PG_DIAG_MESSAGE_DETAIL),
                    .hint = Field(result, PG_DIAG_MESSAGE_HINT),
                    .context = Field(result, PG_DIAG_CONTEXT)};
  if (const std::string position = Field(result, PG_DIAG_INTERNAL_POSITION); !position.empty()) {
    error.internal_position = std::atoi(position.c_str());
    error.internal_query = Field(result, PG_DIAG_INTERNAL_QUERY);
  }
  if (const std::string position = Field(result, PG_DIAG_STATEMENT_POSITION); !position.empty()) {
    error.position = std::atoi(position.c_str());
  }
  if (error.message.empty()) {
    error.message = TrimmedMessage(PQresultErrorMessage(result));
  }
  return error;
}

void OnNotice(void* receiver, const PGresult* result) {
  const auto& on_notice = *static_cast<std::function<void(std::string_view)>*>(receiver);
  if (on_notice) {
    on_notice(fmt::format("{}: {}", Field(result, PG_DIAG_SEVERITY), Field(result, PG_DIAG_MESSAGE_PRIMARY)));
  }
}

// ALTER ROLE … SET and ALTER DATABASE … SET may have changed any default. SET where it serves: it is sent
// after every migration, and set_config in a SELECT costs the server three times as much.
std::string SettingsSql(const SessionOptions& options, int server_version) {
  std::string sql =
      "SET client_encoding = 'UTF8'; SET standard_conforming_strings = on; SET bytea_output = 'hex';"
      " SET DateStyle = 'ISO'; SET client_min_messages = 'notice'; SET default_transaction_read_only = off;"
      " SET default_transaction_isolation = 'read committed'; SET default_transaction_deferrable = off;"
      " SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0;";
  if (server_version >= 140000) {
    // The server notices within a second that this client was killed, and frees its lock.
    sql += " SET idle_session_timeout = 0; SET client_connection_check_interval = '1s';";
  }
  sql +=
      " SELECT CASE pg_catalog.current_setting('synchronous_commit') WHEN 'off' THEN"
      " pg_catalog.set_config('synchronous_commit', 'on', false) END";
  if (options.search_path) {
    // A list in one text, which SET would take for one name.
    sql += fmt::format(", pg_catalog.set_config('search_path', {}, false)", QuoteText(*options.search_path));
  }
  return sql + ";";
}

Result<std::vector<Rows>> AnswerOf(MessageResult message, std::string_view doing) {
  if (message.connection_lost) {
    Error error = ToError(*message.error, doing);
    error.kind = ErrorKind::kUnavailable;
    return Fail(std::move(error));
  }
  if (message.error) {
    return Fail(ToError(*message.error, doing));
  }
  return std::move(message.results);
}

Error ConnectError(const SessionOptions& options, const std::string& shown_url, PGconn* connection) {
  const std::string cause = TrimmedMessage(PQerrorMessage(connection));
  // libpq gives no SQLSTATE for a refused connection, only the server's words.
  const bool unknown_object = cause.find("does not exist") != std::string::npos;
  return {.kind = unknown_object ? ErrorKind::kInvalidInput : ErrorKind::kUnavailable,
          .doing = "connect to the database",
          .subject = shown_url,
          .cause = cause,
          .hint = options.url.empty()
                      ? "name the database with --database URL or $PALIAD_DATABASE_URL"
                      : "check the URL, that the server runs, and that pg_hba.conf lets this role in"};
}

}  // namespace

void Session::Closer::operator()(pg_conn* connection) const { PQfinish(connection); }

Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

Result<Session> Session::Open(const SessionOptions& options) {
  Session session;
  session.options_ = options;
  session.shown_url_ = RedactUrl(options.url);
  const std::string timeout = std::to_string(options.connect_timeout.count());
  // Later entries win: the URL may say otherwise for the first two, never for the encoding.
  std::vector<const char*> keys = {"application_name",    "connect_timeout",  "keepalives_idle",
                                   "keepalives_interval", "tcp_user_timeout", "dbname",
                                   "client_encoding"};
  std::vector<const char*> values = {
      options.application_name.c_str(), timeout.c_str(), "30", "10", "60000", options.url.c_str(), "UTF8"};
  const auto replace = [&](const char* key, const std::optional<std::string>& value) {
    if (value) {
      keys.push_back(key);
      values.push_back(value->c_str());
    }
  };
  replace("dbname", options.database);
  replace("user", options.role);
  replace("password", options.password);
  keys.push_back(nullptr);
  values.push_back(nullptr);
  session.connection_.reset(PQconnectdbParams(keys.data(), values.data(), /*expand_dbname=*/1));
  PGconn* connection = session.connection_.get();
  if (PQstatus(connection) != CONNECTION_OK) {
    return Fail(ConnectError(options, session.shown_url_, connection));
  }
  session.on_notice_ = std::make_unique<std::function<void(std::string_view)>>(options.on_notice);
  PQsetNoticeReceiver(connection, &OnNotice, session.on_notice_.get());
  return session;
}

Result<Session> Session::Connect(const SessionOptions& options) {
  ASSIGN_OR_RETURN(Session session, Open(options));
  RETURN_IF_ERROR(session.ReadFacts());
  session.settings_sql_ = SettingsSql(options, session.facts_.version);
  return session;
}

Status Session::ReadFacts() {
  const auto refuse = [&](std::string cause, std::string hint) {
    return Fail({.kind = ErrorKind::kInvalidInput,
                 .doing = "use the database",
                 .subject = shown_url_,
                 .cause = std::move(cause),
                 .hint = std::move(hint)});
  };
  facts_.version = PQserverVersion(connection_.get());
  if (facts_.version < kOldestServer) {
    return refuse(fmt::format("the server is PostgreSQL {}; 13 or newer is needed",
                              PQparameterStatus(connection_.get(), "server_version")),
                  "upgrade the server");
  }
  ASSIGN_OR_RETURN(const Rows row, AskForFacts());
  facts_.backend_pid = static_cast<int>(row.Int(0, 0));
  facts_.database = row.String(0, 1);
  facts_.role = row.String(0, 2);
  facts_.encoding = row.String(0, 3);
  facts_.in_recovery = row.Bool(0, 4);
  facts_.track_counts = row.Bool(0, 5);
  if (facts_.encoding != "UTF8" && facts_.encoding != "SQL_ASCII") {
    return refuse(fmt::format("its encoding is {}; migrations and ledger entries are UTF-8", facts_.encoding),
                  "create the database with ENCODING 'UTF8'");
  }
  return {};
}

// The login role's own statement_timeout holds until the first statement has ended, which may take longer
// than that. Behind a pooler the backend is another client's next, so there it is set for this message only.
Result<Rows> Session::AskForFacts() {
  constexpr int kMostTries = 20;
  constexpr std::string_view kQueryCanceled = "57014";
  const std::string sql = fmt::format(kFactsSql, fmt::arg("pid", PQbackendPID(connection_.get())));
  MessageResult message = Send(sql);
  for (int i = 1; i < kMostTries && message.error && message.error->sqlstate == kQueryCanceled; ++i) {
    message = Send(sql);
  }
  ASSIGN_OR_RETURN(std::vector<Rows> answer, AnswerOf(std::move(message), "read the server's facts"));
  return std::move(answer.back());
}

Status Session::RequirePrimary() const {
  if (!facts_.in_recovery) {
    return {};
  }
  return Fail({.kind = ErrorKind::kUnavailable,
               .doing = "use the database",
               .subject = shown_url_,
               .cause = "it is a read-only standby: its locks exclude nobody on the primary",
               .hint = "connect to the primary (target_session_attrs=read-write in the URL finds it)"});
}

Status Session::RequireExclusiveBackend() {
  RETURN_IF_ERROR(RequirePrimary());
  const auto refuse = [&](std::string cause, std::string hint) {
    return Fail({.kind = ErrorKind::kInvalidInput,
                 .doing = "use the database",
                 .subject = shown_url_,
                 .cause = std::move(cause),
                 .hint = std::move(hint)});
  };
  if (!facts_.track_counts) {
    return refuse("track_counts is off, so nobody can tell whether a migration wrote to the tracker",
                  "set track_counts = on (PostgreSQL's default)");
  }
  if (PQbackendPID(connection_.get()) == facts_.backend_pid) {
    return {};
  }
  return RequireNoTransactionPooler();
}

Result<int> Session::BackendPid() {
  ASSIGN_OR_RETURN(const std::vector<Rows> answer, Run(kBackendPidSql, "ask for the backend's process id"));
  return static_cast<int>(answer.front().Int(0, 0));
}

// The process id in the connection's start-up is not the backend's: a pooler answers. One backend for the
// session's whole life is what the lock needs; one backend a transaction is not.
Status Session::RequireNoTransactionPooler() {
  constexpr int kOtherClientWaitMs = 2'000;
  const tl::unexpected<Error> refusal = Fail(
      {.kind = ErrorKind::kInvalidInput,
       .doing = "use the database",
       .subject = shown_url_,
       .cause =
           "the connection goes through a transaction-pooling proxy (PgBouncer?): each transaction may get "
           "another backend, so the run's lock would protect nothing",
       .hint = "connect to PostgreSQL directly, or through a pool with pool_mode = session"});
  for (int i = 0; i < 3; ++i) {
    ASSIGN_OR_RETURN(const int pid, BackendPid());
    if (pid != facts_.backend_pid) {
      return refusal;
    }
  }
  // Nothing is asked of it before the wait below: a pool with one backend answers nobody else.
  ASSIGN_OR_RETURN(Session other, Open(options_));
  if (PQsendQuery(other.connection_.get(), fmt::format("BEGIN; {}", kBackendPidSql).c_str()) != 1) {
    return Fail({.kind = ErrorKind::kUnavailable,
                 .doing = "open a second connection to",
                 .subject = shown_url_,
                 .cause = TrimmedMessage(PQerrorMessage(other.connection_.get())),
                 .hint = ""});
  }
  pollfd wait{.fd = PQsocket(other.connection_.get()), .events = POLLIN, .revents = 0};
  if (poll(&wait, 1, kOtherClientWaitMs) == 0) {
    // The other client waits for a backend while ours is kept for us: session pooling.
    ASSIGN_OR_RETURN(const int pid, BackendPid());
    return pid == facts_.backend_pid ? Status() : Status(refusal);
  }
  const MessageResult begun = other.Collect(kAllStatements);
  if (begun.ok() && begun.results.size() == 2 && begun.results[1].Int(0, 0) == facts_.backend_pid) {
    return refusal;
  }
  ASSIGN_OR_RETURN(const int pid, BackendPid());
  return pid != facts_.backend_pid ? Status(refusal) : Status();
}

MessageResult Session::Send(const std::string& sql) {
  if (PQsendQuery(connection_.get(), sql.c_str()) != 1) {
    return {.results = {},
            .error = ServerError{.sqlstate = "",
                                 .message = TrimmedMessage(PQerrorMessage(connection_.get())),
                                 .detail = "",
                                 .hint = "",
                                 .context = ""},
            .connection_lost = true};
  }
  return Collect(kAllStatements);
}

MessageResult Session::SendBody(const std::string& sql, const std::string& before,
                                std::size_t statements_before) {
  assert(sql.find('\0') == std::string::npos);
  if (PQsendQuery(connection_.get(), before.empty() ? sql.c_str() : (before + sql).c_str()) != 1) {
    return Send(sql);  // reports the broken connection
  }
  PQsetSingleRowMode(connection_.get());
  MessageResult message = Collect(statements_before, /*cancellable=*/true);
  const auto ahead = static_cast<int>(before.size());
  if (message.error && message.error->position > ahead) {
    message.error->position -= ahead;
  }
  return message;
}

// A cancel is asked for again and again: one that reaches the server between two statements is lost.
void Session::AwaitResult() {
  constexpr int kTickMilliseconds = 100;
  PGconn* connection = connection_.get();
  while (PQstatus(connection) == CONNECTION_OK && PQisBusy(connection) == 1) {
    pollfd watched{.fd = PQsocket(connection), .events = POLLIN, .revents = 0};
    const int ready = ::poll(&watched, 1, kTickMilliseconds);
    if (ready == 0 && options_.cancel.stop_requested()) {
      const std::unique_ptr<PGcancel, decltype(&PQfreeCancel)> cancel(PQgetCancel(connection), &PQfreeCancel);
      std::array<char, 256> error{};
      PQcancel(cancel.get(), error.data(), static_cast<int>(error.size()));
    }
    if (ready > 0 && PQconsumeInput(connection) != 1) {
      return;
    }
  }
}

MessageResult Session::Collect(std::size_t statements_kept, bool cancellable) {
  PGconn* connection = connection_.get();
  MessageResult message;
  std::optional<Rows> single;  // a statement's only row, in single-row mode
  const auto next = [&] {
    if (cancellable && options_.cancel.stop_possible()) {
      AwaitResult();
    }
    return ResultHandle(PQgetResult(connection), &PQclear);
  };
  while (ResultHandle result = next()) {
    const bool keep = message.results.size() < statements_kept;
    switch (PQresultStatus(result.get())) {
      case PGRES_COMMAND_OK:
      case PGRES_TUPLES_OK:
        message.committed = message.committed || std::string_view(PQcmdStatus(result.get())) == "COMMIT";
        message.results.push_back(single ? *std::exchange(single, std::nullopt)
                                  : keep ? Rows(std::move(result))
                                         : Rows());
        break;
      case PGRES_SINGLE_TUPLE:
        if (keep) {
          single.emplace(std::move(result));
        }
        break;
      case PGRES_EMPTY_QUERY:
        break;
      case PGRES_COPY_IN:
        PQputCopyEnd(connection, "COPY FROM STDIN has no input in a migration");
        break;
      case PGRES_COPY_OUT:
      case PGRES_COPY_BOTH:
        for (char* data = nullptr; PQgetCopyData(connection, &data, 0) > 0;) {
          PQfreemem(data);
        }
        break;
      default:
        // The first error is the cause; a broken connection adds one of libpq's own after the server's.
        if (!message.error) {
          message.error = ReadError(result.get());
        }
    }
    if (PQstatus(connection) == CONNECTION_BAD) {
      break;
    }
  }
  message.connection_lost = PQstatus(connection) == CONNECTION_BAD;
  if (message.connection_lost && !message.error) {
    message.error = ServerError{.sqlstate = "",
                                .message = TrimmedMessage(PQerrorMessage(connection)),
                                .detail = "",
                                .hint = "",
                                .context = ""};
  }
  return message;
}

Result<std::vector<Rows>> Session::Run(const std::string& sql, std::string_view doing) {
  return AnswerOf(Send(sql), doing);
}

Result<Rows> Session::Query(const std::string& sql, const std::vector<std::optional<std::string>>& parameters,
                            std::string_view doing) {
  std::vector<const char*> values;
  for (const auto& parameter : parameters) {
    values.push_back(parameter ? parameter->c_str() : nullptr);
  }
  if (PQsendQueryParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr,
                        values.data(), nullptr, nullptr, /*resultFormat=*/0) != 1) {
    return Fail(ToError({.sqlstate = "",
                         .message = TrimmedMessage(PQerrorMessage(connection_.get())),
                         .detail = "",
                         .hint = "",
                         .context = ""},
                        doing));
  }
  MessageResult message = Collect(kAllStatements);
  if (!message.ok()) {
    return Fail(ToError(*message.error, doing));
  }
  return std::move(message.results.front());
}

bool Session::idle() const { return PQtransactionStatus(connection_.get()) == PQTRANS_IDLE; }

bool Session::broken() const { return PQstatus(connection_.get()) != CONNECTION_OK; }

std::string QuoteBytes(std::string_view bytes) {
  return fmt::format("pg_catalog.decode('{}','hex')", HexEncode(bytes));
}

std::string DollarQuote(std::string_view text) {
  std::string tag = "$paliad$";
  const std::string body(text);
  // Looked for in what follows the first tag: a text that ends in "$paliad" would close it early.
  for (int i = 1; (body + tag).find(tag) != body.size(); ++i) {
    tag = fmt::format("$paliad{}$", i);
  }
  return tag + body + tag;
}

std::string QuoteText(std::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(),
                                 [](char c) { return c >= ' ' && c <= '~' && c != '\'' && c != '\\'; });
  if (plain) {
    return fmt::format("'{}'", text);
  }
  return fmt::format("pg_catalog.convert_from({},'UTF8')", QuoteBytes(text));
}

std::string QuoteIdentifier(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    quoted += c;
    if (c == '"') {
      quoted += c;
    }
  }
  return quoted + "\"";
}

}  // namespace paliad::pg
