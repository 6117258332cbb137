// syntax and empty, and how all rules of a file's SQL are asked.
#include "policies/sql_rules.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

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

// What looks like white space, or like a quotation mark, and is neither for PostgreSQL.
struct LookAlike {
  std::string_view bytes;
  std::string_view name;
};

constexpr std::array<LookAlike, 8> kLookAlikes = {{
    {"\xc2\xa0", "a no-break space (U+00A0)"},
    {"\xe2\x80\x8b", "a zero-width space (U+200B)"},
    {"\xe2\x80\x98", "a typographic quotation mark (U+2018)"},
    {"\xe2\x80\x99", "a typographic quotation mark (U+2019)"},
    {"\xe2\x80\x9c", "a typographic quotation mark (U+201C)"},
    {"\xe2\x80\x9d", "a typographic quotation mark (U+201D)"},
    {"\xe2\x80\xaf", "a narrow no-break space (U+202F)"},
    {"\xef\xbb\xbf", "a byte-order mark (U+FEFF)"},
}};

// Of the line in which the error is; nullptr if there is none.
const LookAlike* FindLookAlike(std::string_view text, std::size_t offset) {
  const std::size_t before = text.substr(0, offset).rfind('\n');
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  const std::string_view line = text.substr(begin, text.find('\n', offset) - begin);
  for (const LookAlike& candidate : kLookAlikes) {
    if (line.find(candidate.bytes) != std::string_view::npos) {
      return &candidate;
    }
  }
  return nullptr;
}

void AddSyntax(const SyntaxError& error, std::string_view text, FileFindings& findings) {
  if (const LookAlike* found = error.hint.empty() ? FindLookAlike(text, error.offset) : nullptr) {
    findings.Add(
        "syntax", error.offset, fmt::format("{} (by {}'s grammar)", OneLine(error.message), kGrammar),
        fmt::format("the line has {}, which is part of a name for PostgreSQL: type it anew", found->name));
    return;
  }
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
    AddSyntax(*sql.error, text, findings);
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
