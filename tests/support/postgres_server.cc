#include "tests/support/postgres_server.h"

#include <gtest/gtest.h>
#include <postgresql/libpq-fe.h>
#include <sys/shm.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "tests/support/pg_client.h"
#include "tests/support/postgres_cluster.h"

namespace paliad::testing {
namespace fs = std::filesystem;

namespace {

// A start takes 50 ms; recovery on a machine with many tests at once may take long.
constexpr auto kDeadline = std::chrono::seconds(60);
constexpr auto kPollInterval = std::chrono::milliseconds(5);

struct ProcStat {
  char state = 0;  // 0: there is no such process
  pid_t parent = 0;
};

// proc(5): "pid (comm) state ppid …"; comm may hold anything.
ProcStat ReadProcStat(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(file, line);
  const std::size_t end = line.rfind(')');
  if (end == std::string::npos) {
    return {};
  }
  ProcStat stat;
  std::istringstream(line.substr(end + 1)) >> stat.state >> stat.parent;
  return stat;
}

std::vector<pid_t> Children(pid_t parent) {
  std::vector<pid_t> children;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c) != 0; })) {
      const pid_t pid = std::stoi(name);
      if (ReadProcStat(pid).parent == parent) {
        children.push_back(pid);
      }
    }
  }
  return children;
}

bool Alive(pid_t pid) {
  const char state = ReadProcStat(pid).state;
  return state != 0 && state != 'Z' && state != 'X';
}

template <class Condition>
bool WaitFor(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + kDeadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) {
      return false;
    }
    std::this_thread::sleep_for(kPollInterval);
  }
  return true;
}

// What a killed server leaves in the kernel: its System V segment, which postmaster.pid names in line 7.
void RemoveSharedMemory(const std::string& data_dir) {
  std::ifstream file(data_dir + "/postmaster.pid");
  std::string line;
  for (int i = 0; i < 7; ++i) {
    std::getline(file, line);
  }
  long key = 0;
  int id = 0;
  if (std::istringstream(line) >> key >> id) {
    shmctl(id, IPC_RMID, nullptr);
  }
}

std::string Quoted(std::string_view identifier) {
  std::string quoted = "\"";
  for (const char c : identifier) {
    quoted += c == '"' ? "\"\"" : std::string(1, c);
  }
  return quoted + "\"";
}

}  // namespace

PostgresServer::PostgresServer(PostgresOptions options)
    : options_(std::move(options)),
      data_dir_((options_.data_parent.empty() ? dir_.path() : options_.data_parent) + "/data") {
  GiveToPostgres(dir_.path());
  CreateCluster(data_dir(), options_.encoding, options_.locale);
  AppendSettings({"listen_addresses = ''", "unix_socket_directories = '" + socket_dir() + "'",
                  // Nothing stays in /dev/shm when the server is killed.
                  "dynamic_shared_memory_type = mmap", "shared_buffers = 32MB", "max_connections = 100",
                  "log_line_prefix = '%m [%p] %q%a %d '", "lc_messages = 'C'",
                  options_.fsync ? "fsync = on" : "fsync = off"});
  AppendSettings(options_.settings);
  Start();
}

PostgresServer::PostgresServer(StandbyOf standby_of)
    : options_(standby_of.primary.options_), data_dir_(dir_.path() + "/data") {
  GiveToPostgres(dir_.path());
  RunOrThrow({.argv = {Program("pg_basebackup"), "--pgdata=" + data_dir(), "--write-recovery-conf",
                       "--wal-method=stream", "--checkpoint=fast", "--no-sync",
                       "--dbname=" + standby_of.primary.Url()},
              .cwd = "/",
              .user = system_user()});
  AppendSettings({"unix_socket_directories = '" + socket_dir() + "'"});
  Start();
}

PostgresServer::~PostgresServer() {
  const std::lock_guard<std::mutex> lock(mutex_);
  try {
    StopLocked(Stopping::kImmediate);
    RemoveSharedMemory(data_dir());
    if (::testing::UnitTest::GetInstance()->Failed()) {
      std::fprintf(stderr, "The log of PostgreSQL in %s:\n%s", socket_dir().c_str(), Log().c_str());
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cannot stop PostgreSQL: %s\n", error.what());
  }
}

PostgresServer& PostgresServer::Shared() {
  static PostgresServer server;
  return server;
}

std::string PostgresServer::CreateDatabase(std::string_view encoding, std::string_view locale) {
  const std::string name = "t" + std::to_string(++databases_);
  std::string sql = "CREATE DATABASE " + name + " TEMPLATE template0";
  if (!encoding.empty()) {
    sql += " ENCODING '" + std::string(encoding) + "'";
  }
  if (!locale.empty()) {
    sql += " LOCALE '" + std::string(locale) + "'";
  }
  Exec(Url(), sql);
  return Url(name);
}

void PostgresServer::CreateRole(std::string_view name, bool login, std::string_view attributes) {
  Exec(Url(), "CREATE ROLE " + Quoted(name) + (login ? " LOGIN " : " NOLOGIN ") + std::string(attributes));
}

std::string PostgresServer::Url(std::string_view database, std::string_view user,
                                std::string_view host) const {
  return SocketUrl(host.empty() ? socket_dir() : host, database, user);
}

std::string PostgresServer::system_user() { return PostgresSystemUser(); }

std::string PostgresServer::Program(std::string_view name) {
  return PostgresBinDir() + "/" + std::string(name);
}

void PostgresServer::Restart(Stopping mode) {
  const std::lock_guard<std::mutex> lock(mutex_);
  StopLocked(mode);
  StartLocked();
}

void PostgresServer::Stop(Stopping mode) {
  const std::lock_guard<std::mutex> lock(mutex_);
  StopLocked(mode);
}

void PostgresServer::Start() {
  const std::lock_guard<std::mutex> lock(mutex_);
  StartLocked();
}

void PostgresServer::Kill() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (postmaster_ == nullptr) {
    return;
  }
  // Stopped first: a postmaster that sees a child die would start crash recovery in between.
  const pid_t pid = postmaster_->pid();
  postmaster_->Kill(SIGSTOP);
  if (!WaitFor([pid] { return ReadProcStat(pid).state == 'T'; })) {
    throw std::runtime_error("the postmaster does not stop");
  }
  const std::vector<pid_t> children = Children(pid);
  for (const pid_t child : children) {
    kill(child, SIGKILL);
  }
  postmaster_->Kill(SIGKILL);
  postmaster_->Wait();
  postmaster_.reset();
  // The next start fails while one of them is attached to the shared memory.
  if (!WaitFor([&children] { return std::none_of(children.begin(), children.end(), Alive); })) {
    throw std::runtime_error("a killed backend lives on");
  }
}

void PostgresServer::Configure(const std::vector<std::string>& settings) {
  const std::lock_guard<std::mutex> lock(mutex_);
  AppendSettings(settings);
  StopLocked(Stopping::kFast);
  StartLocked();
}

std::unique_ptr<PostgresServer> PostgresServer::MakeStandby() {
  return std::unique_ptr<PostgresServer>(new PostgresServer(StandbyOf{*this}));
}

void PostgresServer::CatchUp(const PostgresServer& primary) {
  const std::string written = Value(primary.Url(), "SELECT pg_current_wal_insert_lsn()");
  // What is inserted is sent only when it is flushed.
  Exec(primary.Url(), "SELECT pg_switch_wal()");
  PgConnection standby(Url());
  if (!WaitFor(
          [&] { return standby.Value("SELECT pg_last_wal_replay_lsn() >= '" + written + "'") == "t"; })) {
    throw std::runtime_error("the standby does not catch up\n" + Log());
  }
}

std::string PostgresServer::Log() const {
  const std::string path = dir_.path() + "/log";
  return fs::exists(path) ? ReadFile(path) : "";
}

void PostgresServer::AppendSettings(const std::vector<std::string>& settings) {
  std::ofstream file(data_dir() + "/postgresql.conf", std::ios::app);
  for (const std::string& setting : settings) {
    file << setting << '\n';
  }
  if (!file.flush()) {
    throw std::runtime_error("cannot write postgresql.conf");
  }
}

void PostgresServer::StartLocked() {
  if (postmaster_ != nullptr) {
    throw std::runtime_error("the server runs already");
  }
  // SIGQUIT is an immediate shutdown: the postmaster takes its children and its shared memory with it.
  postmaster_ = std::make_unique<BackgroundProcess>(Command{.argv = {Program("postgres"), "-D", data_dir()},
                                                            .cwd = dir_.path(),
                                                            .user = system_user(),
                                                            .log_file = dir_.path() + "/log",
                                                            .parent_death_signal = SIGQUIT,
                                                            .deadline = kDeadline});
  const bool ready =
      WaitFor([this] { return PQping(Url().c_str()) == PQPING_OK || !postmaster_->Running(); });
  if (!ready || !postmaster_->Running()) {
    StopLocked(Stopping::kImmediate);
    throw std::runtime_error("PostgreSQL does not start\n" + Log());
  }
}

void PostgresServer::StopLocked(Stopping mode) {
  if (postmaster_ == nullptr) {
    return;
  }
  postmaster_->Kill(mode == Stopping::kFast ? SIGINT : SIGQUIT);
  const bool stopped = !postmaster_->Wait().timed_out;
  postmaster_.reset();
  if (!stopped) {
    throw std::runtime_error("PostgreSQL did not stop in time\n" + Log());
  }
}

}  // namespace paliad::testing
