// What can be said of migrations without a database: the set's own rules, and the SQL of each file.
#ifndef PALIAD_CONTROLLER_CHECK_CHECK_H_
#define PALIAD_CONTROLLER_CHECK_CHECK_H_

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "migrations/source_tree.h"
#include "policies/finding.h"
#include "policies/policy.h"

namespace paliad {

// A folder as it is, or as a change would make it.
struct CheckInput {
  SourceTree tree;
  // What becomes of the files that a base has; none: there is no base, and every file is judged, since
  // nothing says what is applied. Else only the SQL of added and edited files is.
  std::optional<std::vector<FileChange>> changes;
};

// Sorted, and judged by the policy.
[[nodiscard]] Result<std::vector<Finding>> Check(const CheckInput& input, ContentSource& source,
                                                 const Policy& policy, const std::string& tracker);

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_CHECK_CHECK_H_
