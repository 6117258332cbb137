// One file's SQL, judged by its parse trees before anything is sent.
#include <fmt/format.h>

#include "base/json.h"
#include "base/line_index.h"
#include "policies/rules.h"
#include "policies/sql_statement_facts.h"

namespace paliad {
namespace {

class FileRules {
 public:
  FileRules(const Migration& migration, std::string_view text, const SqlFile& sql,
            const ProtectedObjects& protect)
      : migration_(migration), text_(text), index_(text), sql_(sql), protect_(protect) {}

  std::vector<Finding> Check() && {
    if (sql_.error) {
      Syntax(*sql_.error);
      return std::move(findings_);
    }
    if (sql_.statements.empty()) {
      Add("empty", 0, "the file has no statement",
          "write the migration, or remove the file before it is applied");
    }
    for (std::size_t i = 0; i < sql_.statements.size(); ++i) {
      const Statement& statement = sql_.statements[i];
      TransactionControl(statement);
      NeedsNoTransaction(i);
      TrackerTouched(statement);
    }
    return std::move(findings_);
  }

 private:
  void Add(const char* rule, std::size_t offset, std::string message, std::string hint) {
    const Position at = index_.AtByte(offset);
    findings_.push_back({.rule = rule,
                         .severity = DefaultSeverity(rule),
                         .path = migration_.path,
                         .line = at.line,
                         .column = at.column,
                         .version = migration_.version,
                         .message = std::move(message),
                         .hint = std::move(hint),
                         .source_line = std::string(index_.Line(at.line))});
  }

  void Syntax(const SyntaxError& error) {
    Add("syntax", error.offset, fmt::format("{} (by the grammar of {})", error.message, kGrammar),
        error.hint.empty() ? "a newer server's syntax may not be known here; else correct the statement"
                           : error.hint);
  }

  void TransactionControl(const Statement& statement) {
    if (const std::string command = TransactionCommand(*statement.tree); !command.empty()) {
      Add("transaction-control", statement.begin,
          fmt::format("{} would end the transaction that the migration, its row and its entry share",
                      command),
          "remove it: every migration runs in a transaction of its own");
    }
  }

  void NeedsNoTransaction(std::size_t index) {
    if (sql_.no_transaction) {
      return;
    }
    const Statement& statement = sql_.statements[index];
    std::string what = OutsideTransactionCommand(*statement.tree);
    std::string why = "cannot run inside a transaction";
    if (const std::string value = AddedEnumValue(*statement.tree);
        !value.empty() && IsUsedAfter(index, value)) {
      what = fmt::format("ALTER TYPE … ADD VALUE '{}'", value);
      why = "must be committed before the value can be used, and this file uses it";
    }
    if (!what.empty()) {
      Add("needs-no-transaction", statement.begin, fmt::format("{} {}", what, why),
          fmt::format(
              "write the line `{}` at the top of the file, and nothing else into it that needs a transaction",
              kNoTransactionHeader));
    }
  }

  // As a literal anywhere behind the statement; a value within a longer literal is not a use.
  bool IsUsedAfter(std::size_t index, const std::string& value) const {
    const std::string literal = "'" + value + "'";
    return text_.find(literal, sql_.statements[index].end) != std::string_view::npos;
  }

  void TrackerTouched(const Statement& statement) {
    if (const std::optional<Touch> touch = FindTouch(*statement.tree, protect_.tracker)) {
      const bool has_place =
          !statement.compact && touch->location > statement.begin && touch->location < statement.end;
      Add("tracker-touched", has_place ? touch->location : statement.begin, touch->what,
          "leave the tracker, the ledger and the run's lock to paliadctl; `paliadctl resolve` corrects the "
          "tracker "
          "and records why");
    }
  }

  const Migration& migration_;
  std::string_view text_;
  const LineIndex index_;
  const SqlFile& sql_;
  const ProtectedObjects& protect_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> CheckSql(const Migration& migration, std::string_view text, const SqlFile& sql,
                              const ProtectedObjects& protect) {
  return FileRules(migration, text, sql, protect).Check();
}

}  // namespace paliad
