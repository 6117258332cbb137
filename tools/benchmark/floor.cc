// The least that a migration runner can do: what paliadctl is measured against. It takes no lock, keeps no
// ledger, checks nothing, and does not survive a mistake.
//
//   floor read URL                         connects and reads the applied set
//   floor apply URL FOLDER [async]         applies every file of the folder, one transaction each
//   floor read-and-apply URL FOLDER        both, into a tracker of its own
//
// `async` commits without waiting for the disk: what is lost in a crash is not even known.
#include <postgresql/libpq-fe.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr char kAppliedSql[] =
    "SELECT version, name, checksum FROM paliad.applied_migrations ORDER BY version";

[[noreturn]] void Die(const std::string& why) {
  std::fprintf(stderr, "floor: %s\n", why.c_str());
  std::exit(1);
}

void Run(PGconn* connection, const std::string& sql) {
  PGresult* result = PQexec(connection, sql.c_str());
  const ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    Die(PQerrorMessage(connection));
  }
  PQclear(result);
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// "0107_add_index.up.sql"
void ApplyFile(PGconn* connection, const std::filesystem::path& path, const std::string& tracker) {
  const std::string file = path.filename();
  const std::size_t underscore = file.find('_');
  const std::string name = file.substr(underscore + 1, file.find('.') - underscore - 1);
  Run(connection, "BEGIN; " + ReadFile(path) + "; INSERT INTO " + tracker + " (version, name) VALUES (" +
                      std::to_string(std::atoi(file.c_str())) + ", '" + name + "'); COMMIT");
}

void ApplyFolder(PGconn* connection, const std::string& folder, const std::string& tracker) {
  const std::filesystem::directory_iterator entries(folder);
  std::vector<std::filesystem::path> files(begin(entries), end(entries));
  std::sort(files.begin(), files.end());
  for (const std::filesystem::path& file : files) {
    ApplyFile(connection, file, tracker);
  }
}

void CreateTracker(PGconn* connection, const std::string& tracker) {
  Run(connection, "CREATE SCHEMA IF NOT EXISTS floor; CREATE TABLE IF NOT EXISTS " + tracker +
                      " (version int PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT"
                      " now(), checksum text)");
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  const bool read = what == "read" || what == "read-and-apply";
  const bool apply = what == "apply" || what == "read-and-apply";
  if (argc < (apply ? 4 : 3) || (!read && !apply)) {
    Die("usage: floor read URL | apply URL FOLDER [async] | read-and-apply URL FOLDER");
  }
  PGconn* connection = PQconnectdb(argv[2]);
  if (PQstatus(connection) != CONNECTION_OK) {
    Die(PQerrorMessage(connection));
  }
  if (read) {
    Run(connection, kAppliedSql);
  }
  if (apply) {
    if (argc > 4 && std::string_view(argv[4]) == "async") {
      Run(connection, "SET synchronous_commit = off");
    }
    CreateTracker(connection, "floor.applied_migrations");
    ApplyFolder(connection, argv[3], "floor.applied_migrations");
  }
  PQfinish(connection);
}
