#include "controller/check/judge.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string_view>
#include <thread>
#include <utility>

#include "base/sanitizers.h"
#include "controller/check/judge_message.h"
#include "controller/process/spawn.h"
#include "migrations/sql_file.h"
#include "policies/file_findings.h"
#include "policies/rules.h"

namespace paliad {
namespace {

// No secret of the caller, no way to the network or to an agent.
const std::vector<std::string_view> kEnvironment = {"LANG",          "LD_LIBRARY_PATH", "ASAN_OPTIONS",
                                                    "UBSAN_OPTIONS", "TSAN_OPTIONS",    "LSAN_OPTIONS"};

// AddressSanitizer maps terabytes of address space that it never uses.
constexpr bool kLimitsMemory = PALIAD_SANITIZED == 0;

Finding DeathOf(const Migration& migration, const std::string& how) {
  Finding finding = MakeFinding("unreadable", migration.path,
                                fmt::format("PostgreSQL's parser {}, so the file cannot be judged", how),
                                "split it into smaller files with plainer statements");
  finding.version = migration.version;
  return finding;
}

std::string HowItEnded(int status) {
  return WIFSIGNALED(status) ? fmt::format("was ended by signal {}", WTERMSIG(status))
                             : "ran out of what it may use";
}

// A child that is not understood any more is given until the deadline to end by itself, since how it ended
// says what was wrong with the file. False: it was killed.
bool EndsBy(SteadyPoint deadline, process::Spawned& spawned) {
  spawned.input.Close();
  spawned.output.Close();
  while (!spawned.child.Reap(WNOHANG)) {
    if (std::chrono::steady_clock::now() >= deadline) {
      spawned.child.Kill();
      spawned.child.Reap(0);
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

}  // namespace

struct SqlJudge::Process {
  process::Spawned spawned;
};

SqlJudge::SqlJudge(const Policy& policy, std::string tracker, JudgeLimits limits)
    : policy_(&policy), tracker_(std::move(tracker)), limits_(std::move(limits)) {}
SqlJudge::SqlJudge(SqlJudge&&) noexcept = default;
SqlJudge& SqlJudge::operator=(SqlJudge&&) noexcept = default;
SqlJudge::~SqlJudge() = default;

Result<std::vector<Finding>> SqlJudge::Judge(const Migration& migration, const std::string& text) {
  const SteadyPoint deadline = std::chrono::steady_clock::now() + limits_.deadline;
  bool started = true;
  if (!process_) {
    process::SpawnOptions options{.arguments = {limits_.program, kJudgeCommand}, .environment = kEnvironment};
    if (kLimitsMemory) {
      options.address_space = limits_.address_space;
    }
    ASSIGN_OR_RETURN(process::Spawned spawned, process::Spawn(options));
    process_ = std::make_unique<Process>(Process{.spawned = std::move(spawned)});
    started = WriteFrame(process_->spawned.input.get(), EncodeSetup(*policy_, tracker_), deadline);
  }
  const int input = process_->spawned.input.get();
  if (started && WriteFrame(input, migration.path, deadline) && WriteFrame(input, text, deadline)) {
    if (const auto frame = ReadFrame(process_->spawned.output.get(), deadline)) {
      if (auto findings = DecodeFindings(*frame)) {
        for (Finding& finding : *findings) {
          finding.path = migration.path;
          finding.version = migration.version;
        }
        return *std::move(findings);
      }
    }
  }
  const std::unique_ptr<Process> process = std::move(process_);
  const bool late = !EndsBy(deadline, process->spawned);
  const int status = process->spawned.child.status();
  if (WIFEXITED(status) && WEXITSTATUS(status) == process::kExecFailed) {
    return Fail({.kind = ErrorKind::kUnavailable,
                 .doing = "start",
                 .subject = limits_.program,
                 .cause = "the program cannot be executed",
                 .hint = ""});
  }
  const std::string how =
      late ? fmt::format("did not end within {} s", limits_.deadline.count() / 1'000) : HowItEnded(status);
  return std::vector<Finding>{DeathOf(migration, how)};
}

int RunJudgeCommand() {
  const std::optional<std::string> setup_frame = ReadFrame(STDIN_FILENO);
  if (!setup_frame) {
    return 0;
  }
  const JudgeSetup setup = DecodeSetup(*setup_frame);
  Migration migration;
  for (;;) {
    const std::optional<std::string> path = ReadFrame(STDIN_FILENO);
    const std::optional<std::string> text = path ? ReadFrame(STDIN_FILENO) : std::nullopt;
    if (!text) {
      return 0;
    }
    migration.path = *path;
    const std::vector<Finding> findings =
        CheckSql(migration, *text, ParseSqlFile(*text), setup.policy, {.tracker = setup.tracker});
    if (!WriteFrame(STDOUT_FILENO, EncodeFindings(findings))) {
      return 0;
    }
  }
}

}  // namespace paliad
