// syntax, empty; and the list of the families that look at statements.
#include "policies/sql_rules.h"

#include <fmt/format.h>

namespace paliad {
namespace {

void AddSyntax(const SyntaxError& error, FileFindings& findings) {
  if (!error.hint.empty()) {
    findings.Add("syntax", error.offset, error.message, error.hint);
    return;
  }
  findings.Add(
      "syntax", error.offset, fmt::format("{} (by {}'s grammar)", error.message, kGrammar),
      "correct it; if it is the syntax of a newer server, the policy may set `syntax` to \"warning\"");
}

}  // namespace

std::vector<Finding> CheckSql(const Migration& migration, std::string_view text, const SqlFile& sql,
                              const ProtectedObjects& protect) {
  FileFindings findings(migration, text);
  if (sql.error) {
    AddSyntax(*sql.error, findings);
    return std::move(findings).Take();
  }
  if (sql.statements.empty()) {
    findings.Add("empty", 0, "the file has no statement",
                 "write what it should do, or remove the file if no database has applied it");
  }
  CheckTransactionControl(text, sql, findings);
  CheckNeedsNoTransaction(text, sql, findings);
  CheckTrackerTouched(text, sql, protect, findings);
  std::vector<Finding> all = std::move(findings).Take();
  SortFindings(all);
  return all;
}

}  // namespace paliad
