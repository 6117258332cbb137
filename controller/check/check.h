// What can be said of migrations without a database: the set's own rules, and the SQL of each file.
#ifndef PALIAD_CONTROLLER_CHECK_CHECK_H_
#define PALIAD_CONTROLLER_CHECK_CHECK_H_

#include <string>
#include <vector>

#include "base/result.h"
#include "migrations/source_tree.h"
#include "policies/finding.h"
#include "policies/policy.h"

namespace paliad {

// Every file of the tree is judged, since nothing says what is applied. Sorted.
[[nodiscard]] Result<std::vector<Finding>> CheckTree(const SourceTree& tree, ContentSource& source,
                                                     const Policy& policy, const std::string& tracker);

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_CHECK_CHECK_H_
