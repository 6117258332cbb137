// The rules that look at statements, each adding to one file's findings. `text` is what `sql` was parsed
// from.
#ifndef PALIAD_POLICIES_SQL_RULES_H_
#define PALIAD_POLICIES_SQL_RULES_H_

#include <string_view>

#include "migrations/sql_file.h"
#include "policies/file_findings.h"
#include "policies/rules.h"

namespace paliad {

// transaction-control
void CheckTransactionControl(std::string_view text, const SqlFile& sql, FileFindings& findings);

// needs-no-transaction
void CheckNeedsNoTransaction(std::string_view text, const SqlFile& sql, FileFindings& findings);

// tracker-touched
void CheckTrackerTouched(std::string_view text, const SqlFile& sql, const ProtectedObjects& protect,
                         FileFindings& findings);

}  // namespace paliad

#endif  // PALIAD_POLICIES_SQL_RULES_H_
