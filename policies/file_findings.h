// How rules make findings: of a path as a whole, or of places in one file.
#ifndef PALIAD_POLICIES_FILE_FINDINGS_H_
#define PALIAD_POLICIES_FILE_FINDINGS_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/line_index.h"
#include "migrations/migration_set.h"
#include "policies/finding.h"
#include "policies/policy.h"
#include "policies/waivers.h"

namespace paliad {

// At line 1, column 1, of the rule's default severity. REQUIRES: `rule` is in AllRules().
Finding MakeFinding(std::string_view rule, std::string path, std::string message, std::string hint);

// What the rules say of one file. Refers to the text and the policy, which must outlive it.
class FileFindings {
 public:
  // A file of 300,000 COMMITs makes its point with fewer; the last of a rule then says how many more there
  // are. What is waived is counted apart, so that it hides nothing.
  static constexpr int kMaxPerRule = 100;

  FileFindings(const Migration& migration, std::string_view text, const Policy& policy);

  // From here on what the file waives is marked. `sql` was parsed from the text without error.
  void ReadWaivers(const SqlFile& sql);

  // `offset` is a byte of the text. REQUIRES: `rule` is in AllRules().
  void Add(std::string_view rule, std::size_t offset, std::string message, std::string hint);

  // The line at `offset`, from 1.
  int LineAt(std::size_t offset);

  // What is wrong with the waivers, as findings. To be called after everything else was added.
  void AddWaiverProblems();

  std::vector<Finding> Take() &&;

 private:
  const LineIndex& Lines();

  const Migration& migration_;
  std::string_view text_;
  const Policy& policy_;
  Waivers waivers_;
  std::optional<LineIndex> lines_;  // most files have no finding
  std::vector<Finding> findings_;
  std::map<std::pair<std::string, bool>, int> count_;  // by rule, waived or not
};

}  // namespace paliad

#endif  // PALIAD_POLICIES_FILE_FINDINGS_H_
