#include "controller/store/catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

#include "controller/store/catalog_sql.h"
#include "controller/store/role_rights.h"
#include "migrations/schema/embedded_schema.h"

namespace paliad::store {
namespace {

using fmt::arg;
using ledger::ProblemKind;

// What ends the name of a line that only servers of one major version print so.
constexpr std::string_view kOnVersion = " on PostgreSQL ";

struct Schema {
  std::string owner;
  int server_major = 0;
  std::string oids;  // of the ledger's and the controller's, "16385, 16499"
  std::string owner_oid;
};

struct Installations {
  std::set<std::string> logins;
  bool any = false;
  bool code = false;  // of the newest: append asks for a code
};

Result<Schema> ReadSchema(pg::Session& session) {
  ASSIGN_OR_RETURN(
      const std::vector<pg::Rows> answer,
      session.Run(fmt::format("SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);{}",
                              kSchemaOwnerSql),
                  "look at the ledger's schema"));
  const pg::Rows& rows = answer.back();
  if (rows.empty()) {
    return Fail({.kind = ErrorKind::kInvalidInput,
                 .doing = "look at the ledger's schema in",
                 .subject = session.facts().database,
                 .cause = "this database has no ledger",
                 .hint = "a run makes one, or `paliadctl ledger install`"});
  }
  return Schema{.owner = rows.String(0, 0),
                .server_major = static_cast<int>(rows.Int(0, 1)),
                .oids = rows.String(0, 2),
                .owner_oid = rows.String(0, 3)};
}

Result<CatalogLines> ReadLines(pg::Session& session, const Schema& schema) {
  // In one message: outside of a transaction the setting holds for no longer.
  ASSIGN_OR_RETURN(
      const std::vector<pg::Rows> answer,
      session.Run("SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);" +
                      fmt::format(kCatalogLinesSql, arg("schemas", schema.oids),
                                  arg("owner", schema.owner_oid), arg("major", schema.server_major)),
                  "read the catalog of the ledger's schema"));
  CatalogLines lines;
  const pg::Rows& rows = answer.back();
  for (int row = 0; row < rows.size(); ++row) {
    lines.emplace(rows.String(row, 0), rows.String(row, 1));
  }
  return lines;
}

// "name: value" lines; a name has no ": ".
CatalogLines ParseShipped(std::string_view text) {
  CatalogLines lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::size_t colon = line.find(": ");
    if (colon != std::string_view::npos) {
      lines.emplace(std::string(line.substr(0, colon)), std::string(line.substr(colon + 2)));
    }
  }
  return lines;
}

bool IsOfVersion(const std::string& name, int major) {
  return name.ends_with(fmt::format("{}{}", kOnVersion, major));
}

// Definitions that only some servers print as recorded are compared on those.
void DropOtherVersions(CatalogLines& lines, int major) {
  std::erase_if(lines, [&](const auto& line) {
    return line.first.find(kOnVersion) != std::string::npos && !IsOfVersion(line.first, major);
  });
}

void CompareLines(CatalogLines shipped, CatalogLines found, int major, CatalogReport& report) {
  DropOtherVersions(shipped, major);
  const auto is_of_version = [&](const auto& line) { return IsOfVersion(line.first, major); };
  if (std::none_of(shipped.begin(), shipped.end(), is_of_version)) {
    std::erase_if(found, is_of_version);
    report.notes.push_back(fmt::format(
        "the definitions of the views are not compared: how PostgreSQL {} prints them is not recorded",
        major));
  }
  CatalogLines missing;
  CatalogLines extra;
  std::set_difference(shipped.begin(), shipped.end(), found.begin(), found.end(),
                      std::inserter(missing, missing.end()));
  std::set_difference(found.begin(), found.end(), shipped.begin(), shipped.end(),
                      std::inserter(extra, extra.end()));
  for (const auto& [name, value] : missing) {
    const auto other = extra.lower_bound({name, ""});
    if (other != extra.end() && other->first == name) {
      report.problems.Add(ProblemKind::kCatalog,
                          fmt::format("{} is '{}' and was made as '{}'", name, other->second, value));
      extra.erase(other);
    } else {
      report.problems.Add(ProblemKind::kCatalog, fmt::format("{} is gone; it was made as '{}'", name, value));
    }
  }
  for (const auto& [name, value] : extra) {
    report.problems.Add(ProblemKind::kCatalog,
                        fmt::format("{} is not part of the ledger: '{}'", name, value));
  }
}

Result<Installations> ReadInstallations(pg::Session& session) {
  ASSIGN_OR_RETURN(const std::vector<pg::Rows> answer,
                   session.Run(kInstallationsSql, "look who installed the ledger"));
  const pg::Rows& rows = answer.front();
  Installations installations;
  for (int row = 0; row < rows.size(); ++row) {
    installations.any = true;
    installations.logins.insert(rows.String(row, 0));
    installations.code = rows.Text(row, 1) == "true";
  }
  return installations;
}

void JudgeGrant(const pg::Rows& rows, int row, const Installations& installations, CatalogReport& report) {
  const Grant grant{
      .object = rows.String(row, 0), .grantee = rows.String(row, 1), .privilege = rows.String(row, 2)};
  const bool may_hand_on = rows.Bool(row, 3);
  const bool expected = (grant.grantee == kAuditorRole && IsForAuditors(grant)) ||
                        (installations.logins.contains(grant.grantee) && IsForLogins(grant));
  if (expected && !may_hand_on) {
    return;
  }
  const std::string text =
      fmt::format("{} has {} on {}{}", grant.grantee == "PUBLIC" ? "everybody" : "role " + grant.grantee,
                  grant.privilege, grant.object, may_hand_on ? " and may grant it to others" : "");
  if (IsForAuditors(grant)) {
    report.notes.push_back(text);
  } else {
    report.problems.Add(ProblemKind::kCatalog, text);
  }
}

Status JudgeGrants(pg::Session& session, const Schema& schema, const Installations& installations,
                   CatalogReport& report) {
  ASSIGN_OR_RETURN(
      const std::vector<pg::Rows> answer,
      session.Run(fmt::format(kGrantsSql, arg("schemas", schema.oids)), "read the grants on the ledger"));
  for (int row = 0; row < answer.front().size(); ++row) {
    JudgeGrant(answer.front(), row, installations, report);
  }
  return {};
}

Status TakeRemarks(pg::Session& session, const std::string& sql, CatalogReport& report) {
  ASSIGN_OR_RETURN(const std::vector<pg::Rows> answer,
                   session.Run(sql, "look who else could write to the ledger"));
  const pg::Rows& rows = answer.front();
  for (int row = 0; row < rows.size(); ++row) {
    if (rows.Text(row, 0) == "problem") {
      report.problems.Add(ProblemKind::kCatalog, rows.String(row, 1));
    } else {
      report.notes.push_back(rows.String(row, 1));
    }
  }
  return {};
}

Status JudgeInstalled(pg::Session& session, const Schema& schema, const Installations& installations,
                      CatalogReport& report) {
  RETURN_IF_ERROR(TakeRemarks(
      session, fmt::format(kOwnerRoleSql, arg("schemas", schema.oids), arg("owner", schema.owner_oid)),
      report));
  for (const std::string& login : installations.logins) {
    ASSIGN_OR_RETURN(const std::vector<RoleRight> rights, ReadDangerousRights(session, login));
    for (const RoleRight& right : rights) {
      report.problems.Add(ProblemKind::kCatalog,
                          fmt::format("role {}, which runs migrations, {}", login, right.what));
    }
  }
  if (!installations.code) {
    report.notes.emplace_back(
        "no code is asked for on append: a migration could add entries of its own; `paliadctl ledger "
        "install` with a signing "
        "key changes that");
  }
  return {};
}

}  // namespace

Result<CatalogLines> ReadCatalogLines(pg::Session& session) {
  ASSIGN_OR_RETURN(const Schema schema, ReadSchema(session));
  return ReadLines(session, schema);
}

Result<CatalogReport> CompareObjects(pg::Session& session) {
  ASSIGN_OR_RETURN(const Schema schema, ReadSchema(session));
  ASSIGN_OR_RETURN(CatalogLines lines, ReadLines(session, schema));
  CatalogReport report{.installed = schema.owner == kOwnerRole};
  CompareLines(ParseShipped(EmbeddedCatalog()), std::move(lines), schema.server_major, report);
  return report;
}

Result<CatalogReport> CompareCatalog(pg::Session& session) {
  ASSIGN_OR_RETURN(const Schema schema, ReadSchema(session));
  ASSIGN_OR_RETURN(CatalogReport report, CompareObjects(session));
  ASSIGN_OR_RETURN(const Installations installations, ReadInstallations(session));
  RETURN_IF_ERROR(JudgeGrants(session, schema, installations, report));
  RETURN_IF_ERROR(TakeRemarks(session, kEventTriggersSql, report));
  RETURN_IF_ERROR(TakeRemarks(session, kForeignBuiltinsSql, report));
  if (report.installed) {
    RETURN_IF_ERROR(JudgeInstalled(session, schema, installations, report));
    return report;
  }
  if (installations.any) {
    report.problems.Add(ProblemKind::kCatalog,
                        fmt::format("schema paliad_ledger belongs to {}, and was installed for {}",
                                    schema.owner, kOwnerRole));
  }
  report.notes.push_back(
      fmt::format("single-role mode: the ledger belongs to {}, which may run migrations; only published "
                  "checkpoints protect the record",
                  schema.owner));
  return report;
}

Result<std::set<std::string>> ReadInstalledLogins(pg::Session& session) {
  return ReadInstallations(session).map([](Installations found) { return std::move(found.logins); });
}

bool IsForAuditors(const Grant& grant) {
  if (grant.object == "schema paliad_ledger" || grant.object == "schema paliad_controller") {
    return grant.privilege == "USAGE";
  }
  return grant.privilege == "SELECT" && grant.object != "table append_secret" &&
         grant.object != "table turn" && !grant.object.starts_with("column append_secret.");
}

bool IsForLogins(const Grant& grant) {
  static const std::set<std::string_view> functions = {"function append",
                                                       "function await_attribution",
                                                       "function delay_attribution",
                                                       "function feedback_delivered",
                                                       "function feedback_failed",
                                                       "function forget_pull_request",
                                                       "function look",
                                                       "function prune_feedback",
                                                       "function put_blob",
                                                       "function put_checkpoint",
                                                       "function put_feedback",
                                                       "function put_pull_request",
                                                       "function require",
                                                       "function resume",
                                                       "function seal",
                                                       "function set_state",
                                                       "function settle_attribution",
                                                       "function suspend"};
  return IsForAuditors(grant) || (grant.privilege == "EXECUTE" && functions.contains(grant.object));
}

}  // namespace paliad::store
