#include "controller/reconcile/resolve.h"

#include <fmt/format.h>

#include <utility>

#include "base/json.h"
#include "base/sha256.h"
#include "controller/reconcile/anchor_target.h"
#include "controller/reconcile/ensure.h"
#include "controller/reconcile/run_entries.h"
#include "controller/reconcile/run_session.h"
#include "controller/reconcile/signing_key.h"
#include "controller/store/run_recorder.h"
#include "controller/version.h"

namespace paliad {
namespace {

// What is known of the version before anybody decides.
struct Knowledge {
  const AppliedMigration* row = nullptr;
  const RecordedMigration* recorded = nullptr;
  const Migration* desired = nullptr;
  std::optional<std::string> checksum;  // of the bytes that the row should speak of

  std::string Was() const {
    if (recorded != nullptr && recorded->in_doubt) {
      return "in_doubt";
    }
    if (row != nullptr) {
      return "applied";
    }
    if (recorded != nullptr && recorded->applied) {
      return "lost";
    }
    return desired != nullptr ? "pending" : "unknown";
  }
};

std::optional<Error> Objection(const ResolveRequest& request, const Knowledge& known) {
  const auto object = [&](std::string cause, std::string hint) {
    return Error{.kind = ErrorKind::kInvalidInput,
                 .doing = fmt::format("resolve version {} as", request.version),
                 .subject = request.as_applied ? "applied" : "not applied",
                 .cause = std::move(cause),
                 .hint = std::move(hint)};
  };
  const std::string was = known.Was();
  if (was == "unknown") {
    return object("neither the branch nor the database knows such a version",
                  "`paliadctl plan` lists what is pending");
  }
  if (request.as_applied && was == "applied") {
    return object("it is recorded as applied already", "there is nothing to do");
  }
  if (!request.as_applied && was == "pending") {
    return object("it is not applied, and nothing says that it was", "there is nothing to do");
  }
  return std::nullopt;
}

Result<Knowledge> Find(git::Repository& repository, const ResolveRequest& request,
                       const MigrationSet& desired, const AppliedSet& applied) {
  Knowledge known{.row = applied.Find(request.version),
                  .recorded = applied.FindRecorded(request.version),
                  .desired = desired.Find(request.version)};
  // Of a lost row the ledger knows what was applied; of what a person applied the branch's file is all there
  // is.
  if (known.Was() == "lost") {
    known.checksum = known.recorded->checksum;
  } else if (known.desired != nullptr) {
    ASSIGN_OR_RETURN(const std::string text, repository.Read(*known.desired->entry));
    known.checksum = Sha256Hex(text);
  }
  return known;
}

std::string TrackerSql(const Target& target, const ResolveRequest& request, const Knowledge& known,
                       const std::string& name) {
  if (!request.as_applied) {
    return fmt::format("DELETE FROM {} WHERE version = {};", target.tracker.Quoted(), request.version);
  }
  return fmt::format("INSERT INTO {} (version, name, checksum) VALUES ({}, {}, {}) ON CONFLICT DO NOTHING;",
                     target.tracker.Quoted(), request.version, pg::QuoteText(name),
                     known.checksum ? fmt::format("'{}'", *known.checksum) : "NULL");
}

}  // namespace

Result<Resolution> Resolve(const Target& target, git::Repository& repository, const ResolveRequest& request,
                           const Clock& clock, RunObserver& observer) {
  LogSetup log_setup;
  if (target.ledger.WantsCheckpoints()) {
    ASSIGN_OR_RETURN(log_setup, ReadLogSetup(target));
  }
  ASSIGN_OR_RETURN(const auto secret, ReadMacSecret(target));
  ASSIGN_OR_RETURN(const Revision revision, ReadRevision(repository, target, request.revision));
  ASSIGN_OR_RETURN(const SourceTree tree, repository.ReadTree(revision.commit.id, target.path));
  RunSession session(target, request.lock_wait, clock, observer);
  ASSIGN_OR_RETURN(const auto holder, session.Open());
  Resolution resolution;
  if (holder) {
    resolution.refusal = Error{.kind = ErrorKind::kUnavailable,
                               .doing = "resolve version",
                               .subject = std::to_string(request.version),
                               .cause = "the run's lock is held by " + holder->Describe(),
                               .hint = "wait until that run has ended"};
    return resolution;
  }
  RETURN_IF_ERROR(EnsureSchema(*session, target, clock, request.lock_wait));
  RETURN_IF_ERROR(session.ReadObjects());
  ASSIGN_OR_RETURN(DatabaseState state, ReadDatabaseState(*session, target, session.objects()));
  ASSIGN_OR_RETURN(state.applied.recorded, ReadRecorded(*session, target));
  const MigrationSet desired = MakeMigrationSet(tree);
  ASSIGN_OR_RETURN(const Knowledge known, Find(repository, request, desired, state.applied));
  resolution.was = known.Was();
  resolution.objection = Objection(request, known);
  if (resolution.objection) {
    return resolution;
  }
  resolution.name = known.row != nullptr       ? known.row->name
                    : known.desired != nullptr ? known.desired->name
                                               : "";
  store::RunRecorder recorder(
      {.run_id = ledger::NewUuid(), .target = target.name, .tracker = target.tracker.Text()}, clock,
      /*first_ordinal=*/0, secret);
  recorder.SetLedger(state.ledger_id);
  Json fields = DatabaseFields(session->facts().database, state.identity);
  fields.update(Json{{"version", request.version},
                     {"name", resolution.name},
                     {"outcome", request.as_applied ? "applied" : "not-applied"},
                     {"was", resolution.was},
                     {"reason", request.reason},
                     {"actor", request.actor},
                     {"commit", revision.commit.id},
                     {"checksum", known.checksum ? Json(*known.checksum) : Json(nullptr)},
                     {"host", HostName()},
                     {"role", session->facts().role},
                     {"server_version", session->facts().version},
                     {"controller_version", kVersion}});
  RETURN_IF_ERROR(recorder.Add(ledger::Kind::kResolved, std::move(fields)));
  RETURN_IF_ERROR(CommitWaiting(*session, recorder, TrackerSql(target, request, known, resolution.name)));
  if (auto head = store::ReadTreeHead(*session, store::RangeCache(target.data_dir, state.genesis_hash))) {
    resolution.ledger = *head;
  }
  session.Unlock();
  if (target.ledger.WantsCheckpoints()) {
    auto anchoring = AnchorTarget(*session, target, log_setup, state.genesis_hash, request.actor, clock);
    if (anchoring) {
      resolution.anchoring = *std::move(anchoring);
    } else {
      resolution.anchoring_error = anchoring.error();
    }
  }
  return resolution;
}

}  // namespace paliad
