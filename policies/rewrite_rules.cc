// table-rewrite: what makes PostgreSQL write a whole table anew, under a lock that blocks reads and writes.
#include <fmt/format.h>

#include <map>
#include <optional>

#include "base/json.h"
#include "migrations/sql_tree.h"
#include "policies/sql_nodes.h"
#include "policies/sql_rules.h"
#include "policies/table_commands.h"
#include "policies/type_change.h"
#include "policies/type_names.h"
#include "policies/volatility.h"

namespace paliad {
namespace {

constexpr char kRule[] = "table-rewrite";

constexpr char kTypeHint[] =
    "add a column of the new type, keep both in step with a trigger, fill it in batches, and let code change "
    "over; the dry run, `check --scratch`, knows if rows are written: if not, say so: `-- paliad:allow "
    "table-rewrite: REASON` above the statement";

void CheckColumnType(const TableCommand& command, FileFindings& findings) {
  const Json& definition = *command.Column();
  const Json& type = definition.at("typeName");
  const std::string column = Text(command.command, "name");
  const Json* expression = Member(definition, "raw_default");
  const bool computes = expression != nullptr && !IsPlainUsing(*expression, column, type);
  findings.Add(kRule, PlaceOf(command.statement, definition),
               fmt::format("changing {} to {}{} writes the whole table anew while reads and writes of it are "
                           "blocked{}",
                           command.ColumnShown(column), TypeShown(type), computes ? " with USING" : "",
                           computes ? "" : UnlessItWas(type)),
               kTypeHint);
}

// What a new column's default calls that must be called for each row; the first, and surely volatile ones
// first.
struct Call {
  std::string name;
  Volatility volatility = Volatility::kSteady;
};

Call WorstCall(const Json& expression, const Volatilities& volatilities) {
  Call worst;
  VisitObjects(expression, [&](std::string_view key, const Json& object) {
    if (key != "FuncCall") {
      return;
    }
    const ObjectName name = NameOf(List(object, "funcname"));
    const Volatility volatility = volatilities.Of(name);
    const bool worse = volatility == Volatility::kVolatile ? worst.volatility != Volatility::kVolatile
                                                           : worst.volatility == Volatility::kSteady;
    if (volatility != Volatility::kSteady && worse) {
      worst = {.name = name.Shown(), .volatility = volatility};
    }
  });
  return worst;
}

class RewriteRule {
 public:
  RewriteRule(const SqlContext& file, FileFindings& findings)
      : file_(file), findings_(findings), volatilities_(file.sql) {}

  void Check() {
    ForEachTableCommand(file_, [&](const TableCommand& command) {
      if (command.subtype == "AT_AddColumn" && command.Column() != nullptr) {
        CheckNewColumn(command);
      } else if (command.subtype == "AT_AlterColumnType" && command.Column() != nullptr) {
        CheckColumnType(command, findings_);
      }
    });
    for (const Statement& statement : file_.sql.statements) {
      CheckStatement(statement);
    }
  }

 private:
  void Add(const Statement& statement, const Json* place, const std::string& what, const std::string& hint) {
    findings_.Add(kRule, place != nullptr ? PlaceOf(statement, *place) : statement.begin, what, hint);
  }

  void CheckNewColumn(const TableCommand& command) {
    const Json& column = *command.Column();
    if (const std::optional<Reason> reason = WhyFilled(command, column)) {
      Add(command.statement, &column,
          fmt::format("the new column {} {} the whole table is written anew while reads and writes of it are "
                      "blocked",
                      command.ColumnShown(Text(column, "colname")), reason->words),
          reason->hint);
    }
  }

  // Why a value must be written into each row, and how to avoid it.
  struct Reason {
    std::string words;
    std::string hint;
  };

  // Nothing: no row is written.
  std::optional<Reason> WhyFilled(const TableCommand& command, const Json& column) const {
    const Json& type = column.at("typeName");
    const bool identity = ColumnConstraint(column, "CONSTR_IDENTITY") != nullptr;
    if (identity || IsSerial(type)) {
      return Reason{
          identity ? "is GENERATED … AS IDENTITY, which numbers each row:"
                   : fmt::format("is {}, which numbers each row:", CatalogTypeName(type)),
          "add an ordinary integer column; then CREATE SEQUENCE, SET DEFAULT nextval(…), which holds for new "
          "rows, and fill the others in batches"};
    }
    if (ColumnConstraint(column, "CONSTR_GENERATED") != nullptr) {
      return Reason{
          "is GENERATED … STORED, which is computed for each row:",
          "add an ordinary column, let a trigger compute it for new rows, and fill the others in batches"};
    }
    if (const Json* value = ColumnConstraint(column, "CONSTR_DEFAULT")) {
      const Call call = WorstCall(*value, volatilities_);
      if (call.volatility != Volatility::kSteady) {
        return Reason{call.volatility == Volatility::kVolatile
                          ? fmt::format("has a default that calls {}(), which is volatile:", call.name)
                          : fmt::format("has a default that calls {}(); unless that is STABLE or IMMUTABLE,",
                                        call.name),
                      "add the column without the default; then SET DEFAULT, which holds for new rows, and "
                      "fill the others in batches"};
      }
    }
    if (file_.made.HasBefore(command.statement, MadeKind::kType, NameOf(List(type, "names"))) &&
        ConstrainedDomains().contains(NameOf(List(type, "names")).name)) {
      return Reason{
          fmt::format("is of the domain {}, whose constraints are checked for each row:", TypeShown(type)),
          "add the column with the domain's own type, and the constraint as CHECK … NOT VALID"};
    }
    return std::nullopt;
  }

  // The names of the domains that the file makes with NOT NULL or CHECK.
  const std::map<std::string, bool>& ConstrainedDomains() const {
    if (!domains_) {
      domains_.emplace();
      ForEachStatement(file_.sql, "CreateDomainStmt", [&](const Statement&, const Json& domain) {
        ForEachColumnConstraint(domain, [&](const Json& constraint) {
          const std::string type = Text(constraint, "contype");
          if (type == "CONSTR_CHECK" || type == "CONSTR_NOTNULL") {
            domains_->emplace(NameOf(List(domain, "domainname")).name, true);
          }
        });
      });
    }
    return *domains_;
  }

  void CheckStatement(const Statement& statement) {
    const std::string& kind = KindOf(statement);
    const Json& node = NodeOf(statement);
    if (kind == "AlterTableStmt") {
      CheckStorage(statement, node);
    } else if (kind == "AlterTableMoveAllStmt") {
      Add(statement, nullptr,
          fmt::format(
              "SET TABLESPACE copies all that lies in {}, one after the other, while reads and writes of it "
              "are blocked",
              QuotedIfNeeded(Text(node, "orig_tablespacename"))),
          kMoveHint);
    } else if (kind == "ClusterStmt") {
      CheckCluster(statement, node);
    } else if (kind == "VacuumStmt") {
      CheckVacuum(statement, node);
    } else if (kind == "RefreshMatViewStmt") {
      CheckRefresh(statement, node);
    }
  }

  void CheckStorage(const Statement& statement, const Json& alter) {
    const Json& relation = alter.at("relation");
    for (const Json& item : List(alter, "cmds")) {
      const Json& command = item.at("AlterTableCmd");
      const std::string subtype = Text(command, "subtype");
      const std::string what = subtype == "AT_SetTableSpace"     ? "SET TABLESPACE copies"
                               : subtype == "AT_SetLogged"       ? "SET LOGGED writes"
                               : subtype == "AT_SetUnLogged"     ? "SET UNLOGGED writes"
                               : subtype == "AT_SetAccessMethod" ? "SET ACCESS METHOD writes"
                                                                 : "";
      if (what.empty() || file_.made.HasBefore(statement, relation)) {
        continue;
      }
      const std::string name = RelationName(relation).Shown();
      if (Text(alter, "objtype") == "OBJECT_INDEX") {
        Add(statement, &relation,
            fmt::format("{} the index {} while reads and writes of its table are blocked", what, name),
            "REINDEX (CONCURRENTLY, TABLESPACE …) INDEX, in a file with the line `-- paliad:no-transaction`");
      } else {
        Add(statement, &relation,
            fmt::format("{} the whole of {} while reads and writes of it are blocked", what, name),
            subtype == "AT_SetTableSpace" ? kMoveHint : kQuietHint);
      }
    }
  }

  void CheckCluster(const Statement& statement, const Json& cluster) {
    const Json* relation = Member(cluster, "relation");
    if (relation == nullptr) {
      Add(statement, nullptr,
          "CLUSTER writes every table that was clustered before anew, while reads and writes of it are "
          "blocked",
          kRepackHint);
    } else if (!file_.made.HasBefore(statement, *relation)) {
      Add(statement, relation,
          fmt::format("CLUSTER writes the whole of {} anew while reads and writes of it are blocked",
                      RelationName(*relation).Shown()),
          kRepackHint);
    }
  }

  void CheckVacuum(const Statement& statement, const Json& vacuum) {
    if (!OptionIsOn(vacuum, "options", "full", false)) {
      return;
    }
    if (List(vacuum, "rels").empty()) {
      Add(statement, nullptr,
          "VACUUM FULL writes every table of the database anew, while reads and writes of it are blocked",
          kVacuumHint);
    }
    for (const Json& item : List(vacuum, "rels")) {
      const Json* relation = MemberAt(item, {"VacuumRelation", "relation"});
      if (relation != nullptr && !file_.made.HasBefore(statement, *relation)) {
        Add(statement, relation,
            fmt::format("VACUUM FULL writes the whole of {} anew while reads and writes of it are blocked",
                        RelationName(*relation).Shown()),
            kVacuumHint);
      }
    }
  }

  void CheckRefresh(const Statement& statement, const Json& refresh) {
    const Json& relation = refresh.at("relation");
    if (!Flag(refresh, "concurrent") && !Flag(refresh, "skipData") &&
        !file_.made.HasBefore(statement, relation)) {
      Add(statement, &relation,
          fmt::format("REFRESH MATERIALIZED VIEW writes the whole of {} anew while reads of it are blocked",
                      RelationName(relation).Shown()),
          "REFRESH MATERIALIZED VIEW CONCURRENTLY blocks no reads; it needs a unique index on the view, of "
          "columns and without WHERE");
    }
  }

  static constexpr char kMoveHint[] =
      "do it while few use it, under a short lock_timeout; pg_repack moves a table without the lock";
  static constexpr char kQuietHint[] =
      "make another table as it should be, fill it in batches, and let code change over; or do it while few "
      "use this one, under a short lock_timeout";
  static constexpr char kRepackHint[] =
      "pg_repack sorts a table without the lock, outside of migrations; or do it while few use it, under a "
      "short lock_timeout";
  static constexpr char kVacuumHint[] =
      "a plain VACUUM blocks nobody and makes the space usable again; pg_repack gives it back without the "
      "lock";

  const SqlContext& file_;
  FileFindings& findings_;
  Volatilities volatilities_;
  mutable std::optional<std::map<std::string, bool>> domains_;  // made when it is first needed
};

}  // namespace

void CheckTableRewrite(const SqlContext& file, FileFindings& findings) {
  RewriteRule(file, findings).Check();
}

}  // namespace paliad
