// The SQL of files from strangers, judged in a child process of the same binary with limits on memory and
// time: what kills PostgreSQL's parser kills that process, and the file has a finding. One child serves many
// files.
#ifndef PALIAD_CONTROLLER_CHECK_JUDGE_H_
#define PALIAD_CONTROLLER_CHECK_JUDGE_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "migrations/migration_set.h"
#include "policies/finding.h"
#include "policies/policy.h"

namespace paliad {

struct JudgeLimits {
  std::uint64_t address_space = std::uint64_t{4}
                                << 30;         // bytes; not kept under AddressSanitizer, which maps more
  std::chrono::milliseconds deadline{60'000};  // for one file
  // Started with kJudgeCommand: a program whose main() hands that to RunJudgeCommand.
  std::string program = "/proc/self/exe";
};

// Not thread-safe.
class SqlJudge {
 public:
  SqlJudge(const Policy& policy, std::string tracker, JudgeLimits limits = {});
  SqlJudge(SqlJudge&&) noexcept;
  SqlJudge& operator=(SqlJudge&&) noexcept;
  ~SqlJudge();

  // What CheckSql says of the file. If the child dies or does not answer in time, that is one finding
  // `unreadable`, and the next file gets a new child. kUnavailable: no process can be started.
  // REQUIRES: CheckContents found nothing.
  [[nodiscard]] Result<std::vector<Finding>> Judge(const Migration& migration, const std::string& text);

 private:
  struct Process;

  const Policy* policy_;
  std::string tracker_;
  JudgeLimits limits_;
  std::unique_ptr<Process> process_;  // none before the first file and after a death
};

// The hidden subcommand that SqlJudge starts. Returns the exit code.
inline constexpr char kJudgeCommand[] = "internal-judge";
int RunJudgeCommand();

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_CHECK_JUDGE_H_
