// Policy files, read with all their mistakes at once.
//
//   extends = "default"                       # or "strict"
//   ignore  = ["*.md", "archive/"]            # added to what `extends` ignores
//   require_approval = true                   # of each pull request, before it is applied
//   [rules]
//   edited-after-apply   = "error"            # "off", "warning", "error"
//   index-not-concurrent = { severity = "error", waivable = false }
#ifndef PALIAD_POLICIES_POLICY_FILE_H_
#define PALIAD_POLICIES_POLICY_FILE_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"
#include "policies/policy.h"

namespace paliad {

// The largest policy file that is read.
inline constexpr std::size_t kMaxPolicyBytes = std::size_t{1} << 20;

// `path` is only shown. On failure: every mistake, in the file's order.
[[nodiscard]] tl::expected<Policy, std::vector<Diagnostic>> ParsePolicy(std::string_view text,
                                                                        const std::string& path);

// The same with all mistakes in one Error of kind kInvalidInput, rendered.
[[nodiscard]] Result<Policy> ReadPolicy(std::string_view text, const std::string& path);

}  // namespace paliad

#endif  // PALIAD_POLICIES_POLICY_FILE_H_
