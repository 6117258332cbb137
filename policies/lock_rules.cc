// explicit-lock: a table is locked, or its triggers are turned off, by hand.
#include <fmt/format.h>

#include <array>

#include "base/json.h"
#include "policies/plain_text.h"
#include "policies/sql_nodes.h"
#include "policies/sql_rules.h"
#include "policies/table_commands.h"

namespace paliad {
namespace {

constexpr char kRule[] = "explicit-lock";

struct LockMode {
  std::string_view name;
  std::string_view blocks;
};

// By LockStmt.mode, from 1 (src/include/storage/lockdefs.h); what conflicts with each: the manual's
// "Table-Level Locks".
constexpr std::array<LockMode, 8> kLockModes = {{
    {"ACCESS SHARE", "blocks changes of the table's definition"},
    {"ROW SHARE", "blocks changes of the table's definition"},
    {"ROW EXCLUSIVE", "blocks the building of indexes and changes of the table's definition"},
    {"SHARE UPDATE EXCLUSIVE", "blocks VACUUM and changes of the table's definition"},
    {"SHARE", "blocks writes"},
    {"SHARE ROW EXCLUSIVE", "blocks writes"},
    {"EXCLUSIVE", "blocks writes"},
    {"ACCESS EXCLUSIVE", "blocks reads and writes"},
}};

void CheckLock(const SqlContext& file, const Statement& statement, const Json& lock, FileFindings& findings) {
  const Json* number = Member(lock, "mode");
  const std::size_t mode = number != nullptr && number->is_number_unsigned() ? number->get<std::size_t>() : 0;
  const LockMode& known = kLockModes[mode >= 1 && mode <= kLockModes.size() ? mode - 1 : 7];
  for (const Json& item : List(lock, "relations")) {
    const Json& relation = item.at("RangeVar");
    if (!file.made.HasBefore(statement, relation)) {
      findings.Add(kRule, PlaceOf(statement, relation),
                   fmt::format("LOCK TABLE {} in {} MODE {} until the transaction ends",
                               RelationName(relation).Shown(), known.name, known.blocks),
                   "leave it out: each statement takes the lock that it needs; where rows must not change "
                   "meanwhile, SELECT … FOR UPDATE locks only them");
    }
  }
}

void CheckTriggers(const TableCommand& command, FileFindings& findings) {
  const std::string& subtype = command.subtype;
  const std::string trigger = QuotedIfNeeded(Text(command.command, "name"));
  const std::string what = subtype == "AT_DisableTrig"         ? "DISABLE TRIGGER " + trigger
                           : subtype == "AT_DisableTrigAll"    ? "DISABLE TRIGGER ALL"
                           : subtype == "AT_DisableTrigUser"   ? "DISABLE TRIGGER USER"
                           : subtype == "AT_EnableReplicaTrig" ? "ENABLE REPLICA TRIGGER " + trigger
                                                               : "";
  if (what.empty()) {
    return;
  }
  findings.Add(
      kRule, command.Place(),
      fmt::format("{} blocks writes to {}, and turns {} off for everybody", what, command.table,
                  subtype == "AT_DisableTrigAll"    ? "its triggers and the checks of its foreign keys"
                  : subtype == "AT_DisableTrigUser" ? "its triggers"
                                                    : "the trigger"),
      "have the trigger's function look at a setting instead, and set that with SET LOCAL: it holds for this "
      "transaction alone");
}

// SET session_replication_role = replica: all triggers and foreign keys of the session.
void CheckReplicationRole(const SqlContext& file, const Statement& statement, const Json& set,
                          FileFindings& findings) {
  const std::string_view text = file.text.substr(statement.begin, statement.end - statement.begin);
  if (Text(set, "name") == "session_replication_role" &&
      PlainText(text).Find("replica") != PlainText::kNone) {
    findings.Add(
        kRule, statement.begin,
        "session_replication_role = replica turns all triggers and the checks of all foreign keys off: what "
        "is written meanwhile may break them for good",
        "leave it out, and write rows in an order that the foreign keys allow, or with SET CONSTRAINTS ALL "
        "DEFERRED");
  }
}

}  // namespace

void CheckExplicitLock(const SqlContext& file, FileFindings& findings) {
  ForEachStatement(file.sql, "LockStmt", [&](const Statement& statement, const Json& lock) {
    CheckLock(file, statement, lock, findings);
  });
  ForEachStatement(file.sql, "VariableSetStmt", [&](const Statement& statement, const Json& set) {
    CheckReplicationRole(file, statement, set, findings);
  });
  ForEachTableCommand(file, [&](const TableCommand& command) { CheckTriggers(command, findings); });
}

}  // namespace paliad
