// Findings as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/): what code-scanning services
// read.
#ifndef PALIAD_POLICIES_SARIF_H_
#define PALIAD_POLICIES_SARIF_H_

#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "policies/finding.h"

namespace paliad {

// One run of the tool `paliadctl` of this version, with all rules that there are. Columns are code points;
// paths are relative to the repository's root; a waived finding is suppressed in its source, with its reason.
OrderedJson FindingsSarif(const std::vector<Finding>& findings, std::string_view version);

}  // namespace paliad

#endif  // PALIAD_POLICIES_SARIF_H_
