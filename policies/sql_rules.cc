// syntax and empty, and how all rules of a file's SQL are asked.
#include "policies/sql_rules.h"

#include <fmt/format.h>

#include "base/text.h"
#include "policies/rules.h"

namespace paliad {
namespace {

// The parser repeats a quotation that has no end up to the end of the file.
std::string OneLine(const std::string& message) {
  constexpr std::size_t kMost = 200;
  const std::string line = message.substr(0, message.find('\n'));
  return line == message && line.size() <= kMost ? message : Truncate(line, kMost) + " …\"";
}

void AddSyntax(const SyntaxError& error, FileFindings& findings) {
  if (!error.hint.empty()) {
    findings.Add("syntax", error.offset, error.message, error.hint);
    return;
  }
  findings.Add(
      "syntax", error.offset, fmt::format("{} (by {}'s grammar)", OneLine(error.message), kGrammar),
      "correct it; if it is the syntax of a newer server, the policy may set `syntax` to \"warning\"");
}

}  // namespace

void CheckEmpty(const SqlContext& file, FileFindings& findings) {
  if (file.sql.statements.empty()) {
    findings.Add("empty", 0, "the file has no statement",
                 "write what it should do, or remove the file if no database has applied it");
  }
}

std::vector<Finding> CheckSql(const Migration& migration, std::string_view text, const SqlFile& sql,
                              const Policy& policy, const ProtectedObjects& protect) {
  FileFindings findings(migration, text, policy);
  if (sql.error) {
    AddSyntax(*sql.error, findings);
    if (sql.no_transaction) {
      // Whatever the policy says of `syntax`.
      findings.Add(
          "needs-no-transaction", sql.error->offset,
          "the file does not parse, so it cannot be cut into statements to run without a transaction",
          "correct it, or remove the header if it can run in a transaction");
    }
  } else {
    const MadeObjects made(sql);
    const SqlContext file{.text = text, .sql = sql, .made = made, .protect = protect};
    findings.ReadWaivers(sql);
    for (const RuleInfo& rule : AllRules()) {
      if (rule.check != nullptr) {
        rule.check(file, findings);
      }
    }
    findings.AddWaiverProblems();
  }
  std::vector<Finding> all = Judge(policy, std::move(findings).Take());
  SortFindings(all);
  return all;
}

}  // namespace paliad
