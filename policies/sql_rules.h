// The rules that look at a file's SQL, by family; see the table in rules.cc for what each finds.
#ifndef PALIAD_POLICIES_SQL_RULES_H_
#define PALIAD_POLICIES_SQL_RULES_H_

#include "policies/file_findings.h"
#include "policies/sql_context.h"

namespace paliad {

// sql_rules.cc
void CheckEmpty(const SqlContext& file, FileFindings& findings);

// transaction_rules.cc
void CheckTransactionControl(const SqlContext& file, FileFindings& findings);
void CheckNeedsNoTransaction(const SqlContext& file, FileFindings& findings);

// tracker_rules.cc
void CheckTrackerTouched(const SqlContext& file, FileFindings& findings);

// host_rules.cc
void CheckHostAccess(const SqlContext& file, FileFindings& findings);

// hidden_rules.cc
void CheckOpaque(const SqlContext& file, FileFindings& findings);

// session_rules.cc
void CheckSessionState(const SqlContext& file, FileFindings& findings);

// index_rules.cc
void CheckIndexNotConcurrent(const SqlContext& file, FileFindings& findings);
void CheckUniqueBuildsIndex(const SqlContext& file, FileFindings& findings);

// constraint_rules.cc
void CheckConstraintValidates(const SqlContext& file, FileFindings& findings);

// rewrite_rules.cc
void CheckTableRewrite(const SqlContext& file, FileFindings& findings);

// required_rules.cc
void CheckRequiredColumn(const SqlContext& file, FileFindings& findings);

// lock_rules.cc
void CheckExplicitLock(const SqlContext& file, FileFindings& findings);

// rename_rules.cc
void CheckRename(const SqlContext& file, FileFindings& findings);

// removal_rules.cc
void CheckDrop(const SqlContext& file, FileFindings& findings);

// function_rights_rules.cc
void CheckUnsafeFunction(const SqlContext& file, FileFindings& findings);

// privilege_rules.cc
void CheckPrivileges(const SqlContext& file, FileFindings& findings);

// drift_rules.cc
void CheckIfExistsHides(const SqlContext& file, FileFindings& findings);

// identifier_rules.cc
void CheckLongIdentifier(const SqlContext& file, FileFindings& findings);

// schema_rules.cc
void CheckUnqualified(const SqlContext& file, FileFindings& findings);

// type_rules.cc
void CheckTypes(const SqlContext& file, FileFindings& findings);

// data_rules.cc
void CheckDataLoss(const SqlContext& file, FileFindings& findings);

}  // namespace paliad

#endif  // PALIAD_POLICIES_SQL_RULES_H_
