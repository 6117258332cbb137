#include "policies/host_access.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace paliad {
namespace {

constexpr std::size_t kMaxShown = 100;

// Of pg_catalog, where adminpack puts its own too.
constexpr std::array<std::string_view, 22> kFileFunctions = {
    "lo_export",
    "lo_import",
    "lo_import_with_oid",
    "pg_file_length",
    "pg_file_read",
    "pg_file_rename",
    "pg_file_sync",
    "pg_file_unlink",
    "pg_file_write",
    "pg_logdir_ls",
    "pg_ls_archive_statusdir",
    "pg_ls_dir",
    "pg_ls_logdir",
    "pg_ls_logicalmapdir",
    "pg_ls_logicalsnapdir",
    "pg_ls_replslotdir",
    "pg_ls_tmpdir",
    "pg_ls_waldir",
    "pg_read_binary_file",
    "pg_read_file",
    "pg_read_file_old",
    "pg_stat_file",
};

// Of the extension dblink, which may be in any schema. Not those that only build SQL for a table here.
constexpr std::array<std::string_view, 16> kConnectionFunctions = {
    "dblink",
    "dblink_cancel_query",
    "dblink_close",
    "dblink_connect",
    "dblink_connect_u",
    "dblink_disconnect",
    "dblink_error_message",
    "dblink_exec",
    "dblink_fetch",
    "dblink_get_connections",
    "dblink_get_notify",
    "dblink_get_result",
    "dblink_is_busy",
    "dblink_open",
    "dblink_send_query",
    "dblink_fdw_validator",
};

// `trusted = true` in the control files of PostgreSQL 15 and its contrib.
constexpr std::array<std::string_view, 25> kTrustedExtensions = {
    "bool_plperl",     "btree_gin",       "btree_gist", "citext",       "cube", "dict_int",  "fuzzystrmatch",
    "hstore",          "intarray",        "isn",        "jsonb_plperl", "lo",   "ltree",     "pg_trgm",
    "pgcrypto",        "plperl",          "plpgsql",    "pltcl",        "seg",  "tablefunc", "tcn",
    "tsm_system_rows", "tsm_system_time", "unaccent",   "uuid-ossp",
};

// Settings that make the server run programs or load libraries.
constexpr std::array<std::string_view, 11> kHostSettings = {
    "archive_cleanup_command",  "archive_command",        "archive_library",
    "dynamic_library_path",     "jit_provider",           "local_preload_libraries",
    "recovery_end_command",     "restore_command",        "session_preload_libraries",
    "shared_preload_libraries", "ssl_passphrase_command",
};

template <class Names>
bool Contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

constexpr std::string_view kByAdministrator =
    "a migration changes one database's schema; let an administrator of the server do this by other means";

}  // namespace

HostAccess CopyAccess(bool from, bool program) {
  return {
      .message =
          program ? fmt::format("COPY … {} PROGRAM runs a program on the server's host", from ? "FROM" : "TO")
          : from ? "COPY … FROM reads a file of the server's host"
                 : "COPY … TO writes a file of the server's host",
      .hint = from ? "write the rows as INSERT INTO … VALUES (…), (…); load large data by other means than "
                     "a migration"
                   : "take data out with psql's \\copy or pg_dump, not with a migration"};
}

HostAccess LoadAccess() {
  return {.message = "LOAD puts a library of the server's host into its process",
          .hint = std::string(kByAdministrator)};
}

HostAccess ForeignAccess(std::string_view statement) {
  return {.message = fmt::format("{} lets SQL reach another server or the host's files", statement),
          .hint =
              "let an administrator make the server and its user mappings, whose secrets do not belong "
              "into git; a migration may then create foreign tables on it"};
}

HostAccess SubscriptionAccess(std::string_view statement) {
  return {.message = fmt::format("{} makes the server connect to another one", statement),
          .hint = "let an administrator set replication up: the connection's secrets do not belong into git"};
}

HostAccess TablespaceAccess() {
  return {.message = "CREATE TABLESPACE takes a folder of the server's host",
          .hint = std::string(kByAdministrator)};
}

std::optional<HostAccess> FunctionAccess(std::string_view schema, std::string_view name) {
  if ((schema.empty() || schema == "pg_catalog") && Contains(kFileFunctions, name)) {
    return HostAccess{.message = fmt::format("{} reaches for files of the server's host", name),
                      .hint = std::string(kByAdministrator)};
  }
  if (Contains(kConnectionFunctions, name)) {
    return HostAccess{.message = fmt::format("{} works on connections to other servers", name),
                      .hint = "a migration changes one database; copy data between servers by other means"};
  }
  return std::nullopt;
}

void ForEachHostFunction(const std::function<void(std::string_view name)>& visit) {
  std::for_each(kFileFunctions.begin(), kFileFunctions.end(), visit);
  std::for_each(kConnectionFunctions.begin(), kConnectionFunctions.end(), visit);
}

std::optional<HostAccess> ExtensionAccess(std::string_view name) {
  if (Contains(kTrustedExtensions, name)) {
    return std::nullopt;
  }
  return HostAccess{
      .message = fmt::format("{} is not among the extensions that PostgreSQL 15 trusts: only a superuser may "
                             "install it, since it may reach the server's host",
                             Truncate(name, kMaxShown)),
      .hint = "let an administrator install and update it in each database; the migration then only uses it"};
}

std::optional<HostAccess> LanguageAccess(std::string_view language) {
  if (language == "c" || language == "internal") {
    return HostAccess{
        .message = fmt::format("LANGUAGE {} runs machine code in the server's process", language),
        .hint = "write it in SQL or PL/pgSQL, or let an administrator install it as an extension"};
  }
  constexpr std::array<std::string_view, 3> kOthers = {"plr", "plsh", "plpython"};
  if (Contains(kOthers, language) || (language.size() > 1 && language.ends_with('u'))) {
    return HostAccess{.message = fmt::format(
                          "{} is an untrusted language: what is written in it may do on the host whatever "
                          "the server's account may",
                          Truncate(language, kMaxShown)),
                      .hint = "write it in SQL or PL/pgSQL, or let an administrator create the function"};
  }
  return std::nullopt;
}

std::optional<HostAccess> SettingAccess(std::string_view name) {
  if (!Contains(kHostSettings, name)) {
    return std::nullopt;
  }
  return HostAccess{.message = fmt::format("{} makes the server run programs or load libraries", name),
                    .hint = "let an administrator set it in the server's configuration"};
}

}  // namespace paliad
