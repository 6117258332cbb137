#include "tests/support/pg_client.h"

#include <postgresql/libpq-fe.h>

#include <cctype>
#include <cstdio>
#include <utility>

namespace paliad::testing {
namespace {

using PgResult = std::unique_ptr<PGresult, decltype(&PQclear)>;

[[noreturn]] void Throw(const PGresult* result, const pg_conn* connection, std::string_view sql) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* message = result == nullptr ? PQerrorMessage(connection) : PQresultErrorMessage(result);
  throw PgError(std::string(message) + "in: " + std::string(sql), state == nullptr ? "" : state);
}

PgRows Rows(const PGresult* result) {
  PgRows rows(static_cast<std::size_t>(PQntuples(result)));
  for (int row = 0; row < PQntuples(result); ++row) {
    for (int column = 0; column < PQnfields(result); ++column) {
      rows[static_cast<std::size_t>(row)].push_back(
          PQgetisnull(result, row, column) != 0 ? "NULL" : PQgetvalue(result, row, column));
    }
  }
  return rows;
}

std::string UrlEncoded(std::string_view text) {
  std::string encoded;
  for (const unsigned char c : text) {
    if (std::isalnum(c) != 0 ||
        std::string_view("/-_.~").find(static_cast<char>(c)) != std::string_view::npos) {
      encoded += static_cast<char>(c);
    } else {
      char hex[4];
      std::snprintf(hex, sizeof hex, "%%%02X", c);
      encoded += hex;
    }
  }
  return encoded;
}

}  // namespace

void PgConnection::Close::operator()(pg_conn* connection) const { PQfinish(connection); }

PgConnection::PgConnection(const std::string& url) : connection_(PQconnectdb(url.c_str())) {
  if (PQstatus(raw()) != CONNECTION_OK) {
    throw PgError(PQerrorMessage(raw()), "");
  }
  PQsetNoticeProcessor(
      raw(), [](void*, const char*) {}, nullptr);
}

PgConnection::~PgConnection() = default;
PgConnection::PgConnection(PgConnection&&) noexcept = default;
PgConnection& PgConnection::operator=(PgConnection&&) noexcept = default;

PgRows PgConnection::Query(std::string_view sql) {
  const PgResult result(PQexec(raw(), std::string(sql).c_str()), PQclear);
  switch (PQresultStatus(result.get())) {
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
    case PGRES_EMPTY_QUERY:
      return Rows(result.get());
    default:
      Throw(result.get(), raw(), sql);
  }
}

std::string PgConnection::Value(std::string_view sql) {
  PgRows rows = Query(sql);
  if (rows.size() != 1 || rows[0].size() != 1) {
    throw PgError("not one row of one column: " + std::string(sql), "");
  }
  return std::move(rows[0][0]);
}

int PgConnection::backend_pid() const { return PQbackendPID(raw()); }

std::string SocketUrl(std::string_view folder, std::string_view database, std::string_view user) {
  return "postgresql:///" + UrlEncoded(database) + "?host=" + UrlEncoded(folder) +
         "&user=" + UrlEncoded(user);
}

PgRows Query(const std::string& url, std::string_view sql) { return PgConnection(url).Query(sql); }
std::string Value(const std::string& url, std::string_view sql) { return PgConnection(url).Value(sql); }
void Exec(const std::string& url, std::string_view sql) { PgConnection(url).Exec(sql); }

}  // namespace paliad::testing
