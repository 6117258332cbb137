#include "tests/support/postgres_cluster.h"

#include <pwd.h>
#include <unistd.h>

#include <cctype>
#include <charconv>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace paliad::testing {
namespace fs = std::filesystem;

namespace {

std::string NewestBinDir() {
  int newest = 0;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", error)) {
    const std::string name = entry.path().filename();
    int version = 0;
    std::from_chars(name.data(), name.data() + name.size(), version);
    if (version > newest && fs::exists(entry.path() / "bin/initdb")) {
      newest = version;
    }
  }
  if (newest == 0) {
    throw std::runtime_error("no PostgreSQL server under /usr/lib/postgresql; tools/setup test installs it");
  }
  return "/usr/lib/postgresql/" + std::to_string(newest) + "/bin";
}

std::string UserName(uid_t uid) {
  const passwd* entry = getpwuid(uid);
  return entry == nullptr ? std::to_string(uid) : entry->pw_name;
}

void Copy(const fs::path& from, const fs::path& to) {
  RunOrThrow({.argv = {"cp", "--archive", "--reflink=auto", "--no-target-directory", from, to}});
}

void InitDb(const std::string& data_dir, const std::string& encoding, const std::string& locale) {
  RunOrThrow(
      {.argv = {PostgresBinDir() + "/initdb", "--pgdata=" + data_dir, "--username=postgres", "--auth=trust",
                "--encoding=" + encoding, "--locale=" + locale, "--no-sync", "--no-instructions"},
       .cwd = "/",
       .user = PostgresSystemUser()});
}

// Empty where the user has no home of their own.
fs::path CacheDir() {
  const passwd* entry = getpwuid(geteuid());
  if (entry == nullptr) {
    return {};
  }
  const fs::path home = entry->pw_dir;
  std::error_code error;
  fs::path dir = home / ".cache/paliad-gitops/postgres";
  if (!fs::is_directory(home, error) || (fs::create_directories(dir, error), error) ||
      access(dir.c_str(), W_OK) != 0) {
    return {};
  }
  return dir;
}

std::string TemplateName(const std::string& encoding, const std::string& locale) {
  std::string name = RunOrThrow({.argv = {PostgresBinDir() + "/postgres", "--version"}}) + "-" +
                     PostgresSystemUser() + "-" + encoding + "-" + locale;
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '.' && c != '-') {
      c = '_';
    }
  }
  return name;
}

}  // namespace

const std::string& PostgresBinDir() {
  static const std::string dir = NewestBinDir();
  return dir;
}

const std::string& PostgresSystemUser() {
  static const std::string user = geteuid() == 0 ? "postgres" : UserName(geteuid());
  return user;
}

void GiveToPostgres(const std::string& path) {
  if (geteuid() == 0) {
    RunOrThrow({.argv = {"chown", "--recursive", PostgresSystemUser() + ":", path}});
  }
}

void CreateCluster(const std::string& data_dir, const std::string& encoding, const std::string& locale) {
  const fs::path cache = CacheDir();
  if (cache.empty()) {
    InitDb(data_dir, encoding, locale);
    return;
  }
  const fs::path kept = cache / TemplateName(encoding, locale);
  if (!fs::exists(kept)) {
    // Made under /tmp, since the server's user may not be able to look into the home; copied under a name
    // of its own; and in place at once. Whoever comes second throws their copy away.
    const TempDir dir;
    GiveToPostgres(dir.path());
    InitDb(dir.path() + "/data", encoding, locale);
    const fs::path copy = kept.string() + "." + std::to_string(getpid()) + ".new";
    fs::remove_all(copy);
    Copy(dir.path() + "/data", copy);
    std::error_code error;
    fs::rename(copy, kept, error);
    if (error) {
      fs::remove_all(copy);
    }
  }
  Copy(kept, data_dir);
}

}  // namespace paliad::testing
