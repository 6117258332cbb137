#include "tests/serve/served.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <filesystem>
#include <thread>

#include "tests/support/pg_client.h"
#include "tests/support/postgres_server.h"

namespace paliad::testing {
namespace {

// Far beyond what anything here takes: only what never comes waits so long.
constexpr std::chrono::seconds kPatience{90};
constexpr std::chrono::milliseconds kTick{20};

std::string Variable(const ServedTarget& target) {
  std::string name = "DATABASE_" + target.name;
  for (char& c : name) {
    c = c == '-' || c == '.' ? '_' : c;
  }
  return name;
}

}  // namespace

bool Served::Until(const std::function<bool()>& ask) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!ask()) {
    if (std::chrono::steady_clock::now() >= deadline) {
      return false;
    }
    std::this_thread::sleep_for(kTick);
  }
  return true;
}

Served::Served() : Served(PostgresServer::Shared().CreateDatabase()) {}

Served::Served(const std::string& database) {
  targets.push_back({.name = "default", .database = database, .repository = "", .keys = ""});
  repo_.Git({"init", "--quiet", "--bare", "--initial-branch=main", origin()});
  repo_.Git({"remote", "add", "origin", origin()});
}

std::string Served::Commit(const std::vector<std::pair<std::string, std::string>>& files,
                           std::string_view message) {
  for (const auto& [file, sql] : files) {
    repo_.Write(fmt::format("migrations/{}", file), sql);
  }
  return repo_.Commit(message);
}

void Served::Push(const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"push", "--quiet"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  arguments.insert(arguments.end(), {"origin", "main"});
  repo_.Git(arguments);
}

void Served::WriteConfig() const {
  std::string text = fmt::format("[controller]\ndata_dir = '{}'\n{}\n[http]\nlisten = '127.0.0.1:0'\n",
                                 data_dir(), controller_keys);
  for (const ServedTarget& target : targets) {
    text +=
        fmt::format("[[target]]\nname = '{}'\nrepository = '{}'\ndatabase_env = '{}'\ninterval = '{}'\n{}\n",
                    target.name, target.repository.empty() ? "file://" + origin() : target.repository,
                    Variable(target), interval, target.keys);
  }
  WriteFile(config_file(), text);
}

Command Served::MakeCommand(std::vector<std::string> arguments) const {
  std::vector<std::string> argv = {PaliadctlPath(), "--config", config_file()};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  Command command{.argv = std::move(argv), .env = variables};
  for (const ServedTarget& target : targets) {
    command.env[Variable(target)] = target.database;
  }
  return command;
}

std::unique_ptr<BackgroundProcess> Served::Start() {
  Command command = MakeCommand({"serve", "--log-format", "json"});
  const std::string log_file = fmt::format("{}/controller{}.log", dir_.path(), started_.size());
  command.log_file = log_file;
  command.deadline = std::chrono::minutes(10);
  auto controller = std::make_unique<BackgroundProcess>(std::move(command));
  started_.push_back({controller->pid(), log_file});
  return controller;
}

std::unique_ptr<BackgroundProcess> Served::StartWithFirst() {
  Commit({{"1_a.up.sql", "CREATE TABLE a ();"}});
  Push();
  WriteConfig();
  auto controller = Start();
  Await(kApplied, "1");
  return controller;
}

std::uint16_t Served::AwaitServing(const BackgroundProcess& controller) const {
  constexpr std::string_view kBefore = "HTTP on port ";
  // The last one, for the system gives numbers out again.
  const auto started = std::find_if(started_.rbegin(), started_.rend(),
                                    [&](const Started& each) { return each.pid == controller.pid(); });
  std::string log;
  std::size_t at = std::string::npos;
  const bool came = Until([&] {
    log = ReadFile(started->log_file);
    at = log.find(kBefore);
    return at != std::string::npos;
  });
  EXPECT_TRUE(came) << log;
  return came ? static_cast<std::uint16_t>(std::stoi(log.substr(at + kBefore.size()))) : 0;
}

int Served::Stop(BackgroundProcess& controller) {
  controller.Kill(SIGTERM);
  return controller.Wait().exit_code;
}

Outcome Served::Run(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), {"-o", "json"});
  return ToOutcome(RunProgram(MakeCommand(std::move(arguments))));
}

std::string Served::Value(std::string_view sql) const {
  return testing::Value(targets.front().database, sql);
}
void Served::Exec(std::string_view sql) const { testing::Exec(targets.front().database, sql); }

void Served::Await(std::string_view sql, std::string_view expected, const std::string& database) const {
  const std::string url = database.empty() ? targets.front().database : database;
  std::string answer;
  const bool came = Until([&] {
    try {
      answer = testing::Value(url, sql);
    } catch (const std::exception& error) {
      answer = error.what();
    }
    return answer == expected;
  });
  ASSERT_TRUE(came) << "expected " << expected << "\nlast answer " << answer << "\n" << Logs();
}

std::string Served::Logs() const {
  std::string all;
  for (const Started& controller : started_) {
    all += ReadFile(controller.log_file);
  }
  return all;
}

void Served::AwaitLog(std::string_view text, int times) const {
  const bool came = Until([&] {
    const std::string logs = Logs();
    int found = 0;
    for (std::size_t at = logs.find(text); at != std::string::npos; at = logs.find(text, at + 1)) {
      ++found;
    }
    return found >= times;
  });
  ASSERT_TRUE(came) << "never logged: " << text << "\n" << Logs();
}

std::string Served::Inconsistency() const { return Scenario(targets.front().database).Inconsistency(); }

}  // namespace paliad::testing
