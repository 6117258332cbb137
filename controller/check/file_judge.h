// Contents and SQL of files, by one policy; a blob that was judged under a path is not read again.
#ifndef PALIAD_CONTROLLER_CHECK_FILE_JUDGE_H_
#define PALIAD_CONTROLLER_CHECK_FILE_JUDGE_H_

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "controller/check/judge.h"
#include "migrations/migration_set.h"
#include "migrations/source_tree.h"
#include "policies/finding.h"
#include "policies/policy.h"

namespace paliad {

// Not thread-safe.
class FileJudge {
 public:
  // What is remembered of a file: where it is, and its bytes.
  using Key = std::pair<std::string, std::string>;  // path, blob id
  static Key KeyOf(const Migration& migration) { return {migration.path, migration.entry->blob_id}; }

  // Of findings, in bytes: what is past them is made again rather than remembered.
  static constexpr std::size_t kMaxRemembered = std::size_t{64} << 20;

  FileJudge(Policy policy, std::string tracker);
  FileJudge(const FileJudge&) = delete;
  FileJudge& operator=(const FileJudge&) = delete;

  // What ReadFileText and SqlJudge say. Plain files, which have no blob id, are not remembered. Errors as
  // they have them; then nothing is.
  [[nodiscard]] Result<std::vector<Finding>> Judge(ContentSource& source, const Migration& migration);

  // Forgets all but these.
  void Keep(const std::set<Key>& keys);

  // Ends the child process; the next file starts another.
  void Rest() { judge_.reset(); }

  const Policy& policy() const { return policy_; }
  std::size_t read() const { return read_; }  // files, since the beginning

 private:
  [[nodiscard]] Result<std::vector<Finding>> ReadAndJudge(ContentSource& source, const Migration& migration);

  const Policy policy_;
  const std::string tracker_;
  std::optional<SqlJudge> judge_;  // refers to policy_
  std::map<Key, std::vector<Finding>> remembered_;
  std::size_t remembered_bytes_ = 0;
  std::size_t read_ = 0;
};

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_CHECK_FILE_JUDGE_H_
