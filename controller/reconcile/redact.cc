#include "controller/reconcile/redact.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "base/json.h"
#include "controller/postgres/address.h"
#include "controller/reconcile/admin_session.h"
#include "controller/reconcile/signing_key.h"
#include "controller/store/catalog.h"
#include "controller/store/queries.h"
#include "controller/store/run_recorder.h"
#include "controller/version.h"
#include "ledger/entry.h"

namespace paliad {
namespace {

// Only an installation or an upgrade of the ledger holds its tables for longer than a moment.
constexpr std::chrono::seconds kLockTimeout{30};

constexpr char kOwnerSql[] =
    "SELECT pg_catalog.pg_get_userbyid(nspowner) FROM pg_catalog.pg_namespace WHERE nspname = "
    "'paliad_ledger'";

Error Objection(const RedactRequest& request, std::string cause, std::string hint) {
  return {.kind = ErrorKind::kInvalidInput,
          .doing = "take out the body",
          .subject = request.digest,
          .cause = std::move(cause),
          .hint = std::move(hint)};
}

// Acts as the ledger's owner from now on. Another role's schema is compared first: with a trigger of its own
// it would run code with this role's rights.
Status BecomeOwner(AdminSession& admin, const RedactRequest& request) {
  ASSIGN_OR_RETURN(const std::vector<pg::Rows> answer, admin.Run(kOwnerSql, "look for the ledger"));
  if (answer.front().empty()) {
    return Fail(Objection(request, "this database has no ledger", "--database names the target's database"));
  }
  const std::string owner = answer.front().String(0, 0);
  if (owner == admin.session().facts().role) {
    return {};
  }
  RETURN_IF_ERROR(admin.ActAs(owner));
  ASSIGN_OR_RETURN(const store::CatalogReport report, store::CompareObjects(admin.session()));
  if (report.problems.empty()) {
    return {};
  }
  return Fail(Objection(
      request, "the ledger's schema is not as this program made it: " + report.problems.list().front().detail,
      "`paliadctl ledger verify` lists all that differs"));
}

// The body's length; none, with the objection, if there is nothing to take out.
Result<std::optional<std::int64_t>> LengthOf(AdminSession& admin, const RedactRequest& request,
                                             Redaction& redaction) {
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   admin.session().Query("SELECT pg_catalog.octet_length(body) FROM paliad_ledger.blob"
                                         " WHERE digest = pg_catalog.decode($1, 'hex') FOR UPDATE",
                                         {request.digest}, "look for the body"));
  if (rows.empty()) {
    redaction.objection =
        Objection(request, "the ledger has no body with this digest",
                  "entries name bodies by 64 hex digits: `paliadctl ledger entries -o json`");
    return std::nullopt;
  }
  if (rows.IsNull(0, 0)) {
    redaction.objection = Objection(request, "it was taken out before", "there is nothing to do");
    return std::nullopt;
  }
  return rows.Int(0, 0);
}

}  // namespace

Result<Redaction> RedactBody(const Target& target, const RedactRequest& request, const Clock& clock) {
  ASSIGN_OR_RETURN(const auto secret, ReadMacSecret(target));
  ASSIGN_OR_RETURN(const pg::Address address, pg::AddressOf(target.database_url));
  ASSIGN_OR_RETURN(AdminSession admin,
                   AdminSession::Begin(request.admin_url.empty() ? target.database_url : request.admin_url,
                                       address.database, kLockTimeout));
  RETURN_IF_ERROR(BecomeOwner(admin, request));
  Redaction redaction;
  ASSIGN_OR_RETURN(const std::optional<std::int64_t> length, LengthOf(admin, request, redaction));
  if (!length) {
    return redaction;
  }
  redaction.bytes = *length;
  store::RunRecorder recorder(
      {.run_id = ledger::NewUuid(), .target = target.name, .tracker = target.tracker.Text()}, clock,
      /*first_ordinal=*/0, secret);
  ASSIGN_OR_RETURN(std::string ledger_id, store::ReadLedgerId(admin.session()));
  recorder.SetLedger(std::move(ledger_id));
  RETURN_IF_ERROR(recorder.Add(ledger::Kind::kRedaction, {{"actor", request.actor},
                                                          {"bytes", redaction.bytes},
                                                          {"controller_version", kVersion},
                                                          {"digest", request.digest},
                                                          {"reason", request.reason},
                                                          {"role", admin.session().facts().role}}));
  RETURN_IF_ERROR(admin.Run(fmt::format("UPDATE paliad_ledger.blob SET salt = NULL, body = NULL"
                                        " WHERE digest = pg_catalog.decode('{}', 'hex'); {}",
                                        request.digest, recorder.AppendSql()),
                            "take out the body"));
  RETURN_IF_ERROR(admin.Commit());
  recorder.Appended();
  return redaction;
}

}  // namespace paliad
