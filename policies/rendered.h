// Findings as people see them, for tests.
#ifndef PALIAD_POLICIES_RENDERED_H_
#define PALIAD_POLICIES_RENDERED_H_

#include <string>
#include <string_view>
#include <vector>

#include "policies/rules.h"

namespace paliad {

// All diagnostics, one after the other.
std::string Rendered(const std::vector<Finding>& findings);

// What the rules that no policy can turn off say of migrations/007_x.up.sql with this text, which
// CheckContents must accept.
std::vector<Finding> CheckText(std::string_view text,
                               const std::string& tracker = "paliad.applied_migrations");

// The same by all rules of this policy.
std::vector<Finding> CheckTextBy(const Policy& policy, std::string_view text,
                                 const std::string& tracker = "paliad.applied_migrations");

// "line:column rule", "line:column rule": CheckText's findings without their words.
std::vector<std::string> Places(std::string_view text,
                                const std::string& tracker = "paliad.applied_migrations");

// "007_x.up.sql" in the folder "migrations".
Migration MigrationNamed(const std::string& file_name);

// Of a folder "migrations" that holds these files.
MigrationSet SetOf(const std::vector<std::string>& file_names);

}  // namespace paliad

#endif  // PALIAD_POLICIES_RENDERED_H_
