#include "controller/reconcile/install.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/json.h"
#include "base/sha256.h"
#include "controller/postgres/address.h"
#include "controller/postgres/advisory_lock.h"
#include "controller/reconcile/admin_session.h"
#include "controller/reconcile/database_state.h"
#include "controller/reconcile/ensure.h"
#include "controller/reconcile/install_sql.h"
#include "controller/reconcile/run_lock.h"
#include "controller/reconcile/signing_key.h"
#include "controller/store/catalog.h"
#include "controller/store/queries.h"
#include "controller/store/role_rights.h"
#include "controller/store/run_recorder.h"
#include "controller/version.h"
#include "ledger/entry.h"
#include "migrations/file_name.h"
#include "migrations/schema/embedded_schema.h"

namespace paliad {
namespace {

using fmt::arg;
using store::kAuditorRole;
using store::kOwnerRole;

Error CannotInstall(ErrorKind kind, const std::string& database, std::string cause, std::string hint) {
  return {.kind = kind,
          .doing = "install the ledger in database",
          .subject = database,
          .cause = std::move(cause),
          .hint = std::move(hint)};
}

class Installer {
 public:
  Installer(const Target& target, const InstallRequest& request, const Clock& clock, AdminSession admin,
            std::string login, std::optional<ledger::MacSecret> secret)
      : target_(target),
        request_(request),
        admin_(std::move(admin)),
        recorder_({.run_id = ledger::NewUuid(), .target = target.name, .tracker = kLedgerTracker}, clock,
                  /*first_ordinal=*/0, secret),
        secret_(secret) {
    installation_.database = admin_.session().facts().database;
    installation_.login = std::move(login);
  }

  Result<Installation> Execute() {
    for (const auto step : {&Installer::MakeRoles, &Installer::RefuseDangerousLogin, &Installer::TakeOver,
                            &Installer::ApplyFiles, &Installer::MoveOwnership, &Installer::RequireAsMade,
                            &Installer::RecordFiles, &Installer::Revoke, &Installer::Grant,
                            &Installer::KeepSecret, &Installer::MakeTracker, &Installer::RecordAndCommit}) {
      RETURN_IF_ERROR((this->*step)());
    }
    return std::move(installation_);
  }

 private:
  Error Refusal(ErrorKind kind, std::string cause, std::string hint) const {
    return CannotInstall(kind, installation_.database, std::move(cause), std::move(hint));
  }

  std::string Named(const char* sql) const {
    return fmt::format(fmt::runtime(sql), arg("owner", pg::QuoteText(kOwnerRole)),
                       arg("auditor", pg::QuoteText(kAuditorRole)),
                       arg("login", pg::QuoteText(installation_.login)));
  }

  // A statement that changes something, and is told of in the ledger.
  Status Change(const std::string& statement, std::string_view doing) {
    RETURN_IF_ERROR(admin_.Run(statement, doing));
    installation_.changes.push_back(statement);
    return {};
  }

  Status MakeRoles() {
    ASSIGN_OR_RETURN(const std::vector<pg::Rows> answer, admin_.Run(Named(kRolesSql), "look for the roles"));
    const pg::Rows& row = answer.front();
    if (!row.Bool(0, 0)) {
      return Fail(Refusal(
          ErrorKind::kInvalidInput,
          fmt::format("its server has no role {}, with which the controller logs in", installation_.login),
          fmt::format("CREATE ROLE {} LOGIN PASSWORD '…'; or name another role in --database",
                      pg::QuoteIdentifier(installation_.login))));
    }
    installation_.previous_owner = row.String(0, 3);
    for (const auto& [role, there] :
         {std::pair(kOwnerRole, row.Bool(0, 1)), std::pair(kAuditorRole, row.Bool(0, 2))}) {
      if (!there) {
        RETURN_IF_ERROR(
            Change(fmt::format("CREATE ROLE {} NOLOGIN", role), fmt::format("create role {}", role)));
      }
    }
    ASSIGN_OR_RETURN(const std::vector<pg::Rows> owner,
                     admin_.Run(Named(kOwnerIsPlainSql), "look at the owner's role"));
    if (const std::string wrong = owner.front().String(0, 0); !wrong.empty()) {
      return Fail(Refusal(ErrorKind::kCorruption,
                          fmt::format("role {} is not what it should be: {}", kOwnerRole, wrong),
                          "nobody may act as this role; take those rights away, and find out who gave them"));
    }
    return {};
  }

  Status RefuseDangerousLogin() {
    ASSIGN_OR_RETURN(const std::vector<store::RoleRight> rights,
                     store::ReadDangerousRights(admin_.session(), installation_.login));
    if (rights.empty()) {
      return {};
    }
    std::string what;
    std::string remedy;
    for (const store::RoleRight& right : rights) {
      what += (what.empty() ? "" : ", ") + right.what;
      remedy += (remedy.empty() ? "" : "; ") + right.remedy;
    }
    return Fail(Refusal(
        ErrorKind::kInvalidInput,
        fmt::format(
            "role {}, which runs the migrations, {}: it could change the ledger in spite of all grants",
            installation_.login, what),
        fmt::format("{}; or let the controller log in as another role", remedy)));
  }

  // From here on to the end nobody else can change what is there: a change of owner locks it.
  Status TakeOver() {
    RETURN_IF_ERROR(admin_.ActAs(kOwnerRole));
    if (installation_.previous_owner.empty()) {
      return {};
    }
    RETURN_IF_ERROR(admin_.ActAs(installation_.previous_owner));
    RETURN_IF_ERROR(MoveOwnership());
    return ReadAppliedFiles();
  }

  // Looks at the table first: a view in its place would run its owner's functions with the administrator's
  // rights.
  Status ReadAppliedFiles() {
    ASSIGN_OR_RETURN(const std::vector<pg::Rows> plain,
                     admin_.Run(kPlainTrackerSql, "look for the ledger's tracker"));
    if (!plain.front().Bool(0, 0)) {
      return Fail(Refusal(ErrorKind::kCorruption, "paliad_ledger.applied_migrations is not a plain table",
                          "find out who changed it and why; undo that, then install again"));
    }
    ASSIGN_OR_RETURN(const DatabaseState state,
                     ReadDatabaseState(admin_.session(), target_, {.ledger_tracker = true}));
    RETURN_IF_ERROR(RequireSameFiles(state.schema));
    for (const auto& [version, checksum] : state.schema) {
      there_.insert(version);
    }
    return {};
  }

  Status ApplyFiles() {
    for (const EmbeddedFile& file : EmbeddedSchema()) {
      if (!there_.contains(ParseFileName(file.name).version)) {
        RETURN_IF_ERROR(
            admin_.Run(std::string(file.text), fmt::format("create the ledger's schema with {}", file.name)));
        installation_.applied.emplace_back(file.name);
      }
    }
    return {};
  }

  Status MoveOwnership() {
    ASSIGN_OR_RETURN(const std::vector<pg::Rows> answer,
                     admin_.Run(Named(kOwnersSql), "look whose the ledger is"));
    for (int row = 0; row < answer.front().size(); ++row) {
      RETURN_IF_ERROR(
          Change(answer.front().String(row, 0), fmt::format("give the ledger to {}", kOwnerRole)));
    }
    return {};
  }

  // Before the first INSERT: what the previous owner may have put there would run with the administrator's
  // rights.
  Status RequireAsMade() {
    ASSIGN_OR_RETURN(const store::CatalogReport report, store::CompareObjects(admin_.session()));
    if (report.problems.empty()) {
      ASSIGN_OR_RETURN(logins_, store::ReadInstalledLogins(admin_.session()));
      return {};
    }
    std::string what;
    for (const ledger::Problem& problem : report.problems.list()) {
      what += "\n" + problem.detail;
    }
    return Fail(Refusal(ErrorKind::kCorruption, "its schema is not as this program made it:" + what,
                        "find out who changed it and why; undo that, then install again"));
  }

  Status RecordFiles() {
    const pg::ServerFacts& facts = admin_.session().facts();
    std::string ledger_id = ledger::NewUuid();
    if (!installation_.previous_owner.empty()) {
      ASSIGN_OR_RETURN(ledger_id, store::ReadLedgerId(admin_.session()));
    }
    recorder_.SetLedger(std::move(ledger_id));
    if (installation_.previous_owner.empty()) {
      RETURN_IF_ERROR(recorder_.Add(ledger::Kind::kGenesis, {{"database", facts.database}}));
    }
    for (const EmbeddedFile& file : EmbeddedSchema()) {
      const FileName name = ParseFileName(file.name);
      if (there_.contains(name.version)) {
        continue;
      }
      const std::string checksum = Sha256Hex(file.text);
      RETURN_IF_ERROR(admin_.Run(
          fmt::format(
              "INSERT INTO paliad_ledger.applied_migrations (version, name, checksum) VALUES ({}, {}, '{}')",
              name.version, pg::QuoteText(name.description), checksum),
          fmt::format("record {}", file.name)));
      RETURN_IF_ERROR(recorder_.Add(ledger::Kind::kSchemaUpgraded, {{"version", name.version},
                                                                    {"name", name.description},
                                                                    {"checksum", checksum},
                                                                    {"controller_version", kVersion},
                                                                    {"role", facts.role},
                                                                    {"server_version", facts.version}}));
    }
    return {};
  }

  // What nobody was meant to have goes; who was given the right to read keeps it.
  Status Revoke() {
    ASSIGN_OR_RETURN(const std::vector<pg::Rows> answer,
                     admin_.Run(kRevocableSql, "read the grants on the ledger"));
    const pg::Rows& rows = answer.front();
    for (int row = 0; row < rows.size(); ++row) {
      const store::Grant grant{
          .object = rows.String(row, 0), .grantee = rows.String(row, 1), .privilege = rows.String(row, 2)};
      const bool reads = grant.grantee != "PUBLIC" && store::IsForAuditors(grant);
      const bool calls = grant.grantee == installation_.login && store::IsForLogins(grant);
      if (rows.Bool(row, 3) || !(reads || calls || KeepsFor(grant))) {
        RETURN_IF_ERROR(Change(rows.String(row, 4), "take back a right on the ledger"));
      }
    }
    return {};
  }

  // Another target's login, for which the ledger was installed before.
  bool KeepsFor(const store::Grant& grant) const {
    return logins_.contains(grant.grantee) && store::IsForLogins(grant);
  }

  Status Grant() {
    ASSIGN_OR_RETURN(const std::vector<pg::Rows> answer,
                     admin_.Run(Named(kGrantableSql), "read the grants on the ledger"));
    const pg::Rows& rows = answer.front();
    for (int row = 0; row < rows.size(); ++row) {
      const store::Grant grant{
          .object = rows.String(row, 0), .grantee = rows.String(row, 1), .privilege = rows.String(row, 2)};
      if (grant.grantee == kAuditorRole ? store::IsForAuditors(grant) : store::IsForLogins(grant)) {
        RETURN_IF_ERROR(Change(fmt::format("GRANT {} ON {} TO {}", grant.privilege, rows.Text(row, 3),
                                           pg::QuoteIdentifier(grant.grantee)),
                               "grant a right on the ledger"));
      }
    }
    return {};
  }

  Status KeepSecret() {
    if (!secret_) {
      ASSIGN_OR_RETURN(
          const std::vector<pg::Rows> answer,
          admin_.Run("SELECT EXISTS (SELECT FROM paliad_ledger.append_secret)", "look for a secret"));
      installation_.code = answer.front().Bool(0, 0);
      return {};
    }
    installation_.code = true;
    ASSIGN_OR_RETURN(const std::string origin, OriginOf(target_));
    const ledger::MacPads pads = ledger::PadsOf(*secret_);
    const auto quoted = [](const std::array<unsigned char, 64>& pad) {
      return pg::QuoteBytes({reinterpret_cast<const char*>(pad.data()), pad.size()});
    };
    ASSIGN_OR_RETURN(
        const std::vector<pg::Rows> answer,
        admin_.Run(fmt::format(kSecretSql, arg("origin", pg::QuoteText(origin)),
                               arg("inner", quoted(pads.inner)), arg("outer", quoted(pads.outer))),
                   "keep the secret of the codes on append"));
    if (!answer.front().empty()) {
      installation_.changes.push_back(fmt::format("the secret of the codes on append is that of {}", origin));
    }
    return {};
  }

  Status MakeTracker() {
    ASSIGN_OR_RETURN(const std::vector<pg::Rows> objects,
                     admin_.Run(ObjectsSql(target_), "look for the tracker"));
    if (ParseObjects(objects.back()).tracker) {
      return {};
    }
    const std::string login = pg::QuoteIdentifier(installation_.login);
    const std::string doing = fmt::format("create the tracker {}", target_.tracker.Text());
    RETURN_IF_ERROR(admin_.ActAs(installation_.login));
    ASSIGN_OR_RETURN(const std::vector<pg::Rows> schema,
                     admin_.Run(fmt::format("SELECT FROM pg_catalog.pg_namespace WHERE nspname = {}",
                                            pg::QuoteText(target_.tracker.schema)),
                                "look for the tracker's schema"));
    if (schema.front().empty()) {
      RETURN_IF_ERROR(Change(fmt::format("CREATE SCHEMA {} AUTHORIZATION {}",
                                         pg::QuoteIdentifier(target_.tracker.schema), login),
                             doing));
    }
    RETURN_IF_ERROR(
        Change(fmt::format("CREATE TABLE {} {}", target_.tracker.Quoted(), kTrackerColumns), doing));
    return Change(fmt::format("ALTER TABLE {} OWNER TO {}", target_.tracker.Quoted(), login), doing);
  }

  Status RecordAndCommit() {
    if (installation_.changes.empty() && installation_.applied.empty()) {
      return admin_.Commit();
    }
    const pg::ServerFacts& facts = admin_.session().facts();
    Json changes = installation_.changes;
    RETURN_IF_ERROR(
        recorder_.Add(ledger::Kind::kSchemaUpgraded, {{"actor", request_.actor},
                                                      {"changes", std::move(changes)},
                                                      {"code", installation_.code},
                                                      {"controller_version", kVersion},
                                                      {"login", installation_.login},
                                                      {"owner", kOwnerRole},
                                                      {"previous_owner", installation_.previous_owner},
                                                      {"reason", "ledger install"},
                                                      {"role", facts.role},
                                                      {"server_version", facts.version}}));
    RETURN_IF_ERROR(admin_.Run(recorder_.AppendSql(), "write to the ledger"));
    RETURN_IF_ERROR(admin_.Commit());
    recorder_.Appended();
    return {};
  }

  const Target& target_;
  const InstallRequest& request_;
  AdminSession admin_;
  store::RunRecorder recorder_;
  const std::optional<ledger::MacSecret> secret_;
  std::set<Version> there_;       // of migrations/schema, before
  std::set<std::string> logins_;  // for which the ledger was installed before
  Installation installation_;
};

}  // namespace

Result<Installation> InstallLedger(const Target& target, const InstallRequest& request, const Clock& clock) {
  ASSIGN_OR_RETURN(const auto secret, ReadMacSecret(target));
  ASSIGN_OR_RETURN(const pg::Address address, pg::AddressOf(target.database_url));
  ASSIGN_OR_RETURN(AdminSession admin,
                   AdminSession::Begin(request.admin_url, address.database, request.lock_wait));
  ASSIGN_OR_RETURN(const auto holder, WaitForLock(admin.session(), pg::LockNumber(kLedgerTracker),
                                                  request.lock_wait, clock, [](const auto&, auto) {}));
  if (holder) {
    return Fail(CannotInstall(ErrorKind::kUnavailable, address.database,
                              "somebody else prepares it and did not finish: " + holder->Describe(),
                              "try again"));
  }
  return Installer(target, request, clock, std::move(admin), address.role, secret).Execute();
}

}  // namespace paliad
