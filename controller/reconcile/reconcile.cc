#include "controller/reconcile/reconcile.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "base/duration.h"
#include "base/json.h"
#include "base/text.h"
#include "controller/reconcile/anchor_target.h"
#include "controller/reconcile/apply_migration.h"
#include "controller/reconcile/approved_changes.h"
#include "controller/reconcile/database_state.h"
#include "controller/reconcile/ensure.h"
#include "controller/reconcile/past.h"
#include "controller/reconcile/recovery.h"
#include "controller/reconcile/run_entries.h"
#include "controller/reconcile/run_forge.h"
#include "controller/reconcile/run_session.h"
#include "controller/reconcile/signing_key.h"
#include "controller/reconcile/suspend.h"
#include "controller/store/queries.h"
#include "controller/store/run_recorder.h"
#include "controller/version.h"

namespace paliad {
namespace {

using ledger::Kind;
using ledger::Outcome;

// More findings than this are counted in run_finished and not each recorded.
constexpr std::size_t kMaxFindingEntries = 1'000;

// The account of a run that found the folder and the rows as `last` had left them: everything was applied
// before.
Json FolderOf(const Json& last) {
  Json counts = last.at("folder");
  for (const char* fate : {"applied_now", "bootstrapped"}) {
    counts["applied_before"] = counts.value("applied_before", 0) + counts.value(fate, 0);
    counts[fate] = 0;
  }
  return {{"folder", std::move(counts)},
          {"folder_listed_by", last.value("folder_listed_by", last.value("run", ""))}};
}

constexpr std::string_view kQueryCanceled = "57014";

class Reconciliation {
 public:
  Reconciliation(const Target& target, git::Repository& repository, const RunOptions& options,
                 const Clock& clock, RunObserver& observer, std::optional<ledger::MacSecret> secret)
      : target_(target),
        repository_(repository),
        options_(options),
        clock_(clock),
        observer_(observer),
        secret_(secret),
        recorder_({.run_id = ledger::NewUuid(), .target = target.name, .tracker = target.tracker.Text()},
                  clock, /*first_ordinal=*/0, secret),
        session_(target, options.lock_wait, clock, observer, options.cancel),
        forge_(options.forge),
        applier_({.target = target,
                  .repository = repository,
                  .options = options,
                  .clock = clock,
                  .observer = observer,
                  .revision = revision_,
                  .identity = state_.identity,
                  .forge = forge_,
                  .session = session_,
                  .recorder = recorder_}) {
    run_.run_id = recorder_.run().run_id;
    run_.target = target.name;
  }

  Result<Run> Execute() {
    if (target_.ledger.WantsCheckpoints()) {
      ASSIGN_OR_RETURN(log_setup_, ReadLogSetup(target_));
    }
    ASSIGN_OR_RETURN(revision_, ReadRevision(repository_, target_, options_.revision));
    run_.commit = revision_.commit.id;
    ASSIGN_OR_RETURN(std::optional<pg::LockHolder> holder, session_.Open());
    if (holder && options_.only_after) {
      return Fail(NotNow("the lock is held by " + holder->Describe()));
    }
    if (holder) {
      return RefuseForLock(*holder);
    }
    RETURN_IF_ERROR(ReadState());
    RETURN_IF_ERROR(ReadThePast());
    RETURN_IF_ERROR(Start());
    for (const Step step :
         {&Reconciliation::SettleThePast, &Reconciliation::RefuseIfSuspended, &Reconciliation::RequirePolicy,
          &Reconciliation::SkipIfUnchanged, &Reconciliation::Diff, &Reconciliation::Refuse,
          &Reconciliation::RecordDrift, &Reconciliation::Decide, &Reconciliation::Attribute,
          &Reconciliation::RequireApproval, &Reconciliation::Bootstrap, &Reconciliation::Apply}) {
      const Result<Progress> progress = (this->*step)();
      if (run_.awaits_approval) {
        return std::move(run_);
      }
      if (!progress) {
        run_.outcome = Outcome::kFailed;
        run_.error = progress.error();
        break;
      }
      if (*progress == Progress::kEnd) {
        break;
      }
    }
    return Finish();
  }

 private:
  enum class Progress { kGoOn, kEnd };
  using Step = Result<Progress> (Reconciliation::*)();

  // The lock is somebody else's; what can be said is said without it.
  Result<Run> RefuseForLock(const pg::LockHolder& holder) {
    holds_lock_ = false;
    run_.outcome = Outcome::kRefused;
    run_.error =
        Error{.kind = ErrorKind::kUnavailable,
              .doing = "reconcile",
              .subject = session_->shown_url(),
              .cause = fmt::format("the lock of {} was not had within {}; it is held by {}",
                                   target_.tracker.Text(), FormatDuration(options_.lock_wait),
                                   holder.pid == 0 ? "a session that is gone by now" : holder.Describe()),
              .hint =
                  "wait for that run, or find out what it does with `paliadctl status`; --lock-wait sets how "
                  "long to wait"};
    if (session_.objects().ledger) {
      ASSIGN_OR_RETURN(state_.ledger_id, store::ReadLedgerId(*session_));
      RETURN_IF_ERROR(Start());
      return Finish();
    }
    return std::move(run_);
  }

  Status ReadState() {
    ASSIGN_OR_RETURN(state_, ReadDatabaseState(*session_, target_, session_.objects()));
    ASSIGN_OR_RETURN(const bool complete, IsSchemaComplete(session_.objects(), state_.schema));
    if (complete) {
      return {};
    }
    RETURN_IF_ERROR(EnsureSchema(*session_, target_, clock_, options_.lock_wait));
    RETURN_IF_ERROR(session_.ReadObjects());
    ASSIGN_OR_RETURN(state_, ReadDatabaseState(*session_, target_, session_.objects()));
    return {};
  }

  // Under the lock: what is decided here holds until the run has ended. Whom nothing tells to come after a
  // certain run asks of no run before.
  Status ReadThePast() {
    ASSIGN_OR_RETURN(
        const Past past,
        ReadPast(*session_, target_, {.ledger = options_.only_after.has_value(), .controller = true}));
    suspension_ = past.suspension;
    asked_for_suspension_ = clock_.Steady();
    if (!options_.only_after) {
      return {};
    }
    if (past.seq() != *options_.only_after) {
      return Fail(NotNow("another run has ended meanwhile"));
    }
    return suspension_ ? Fail(SuspendedError(*suspension_)) : Status();
  }

  static Error NotNow(std::string cause) {
    return {.kind = ErrorKind::kConflict,
            .doing = "reconcile",
            .subject = "",
            .cause = std::move(cause),
            .hint = ""};
  }

  Status Start() {
    recorder_.SetLedger(state_.ledger_id);
    return recorder_.Add(Kind::kRunStarted,
                         StartedFields(target_, options_, revision_, session_->facts(), state_.identity));
  }

  // Runs that started and never finished were interrupted: their controller died. It held the lock that this
  // run has.
  Result<Progress> SettleThePast() {
    for (const UnfinishedRun& unfinished : state_.unfinished) {
      store::RunRecorder other(
          {.run_id = unfinished.run_id, .target = unfinished.target, .tracker = target_.tracker.Text()},
          clock_, unfinished.last_ordinal + 1, secret_);
      other.SetLedger(state_.ledger_id);
      RETURN_IF_ERROR(other.Add(Kind::kRunFinished, {{"outcome", OutcomeName(Outcome::kInterrupted)},
                                                     {"applied", unfinished.applied},
                                                     {"commit", unfinished.commit},
                                                     {"settled_by", run_.run_id}}));
      RETURN_IF_ERROR(CommitWaiting(*session_, other));
    }
    return Progress::kGoOn;
  }

  Result<Progress> RefuseIfSuspended() {
    if (!suspension_) {
      return Progress::kGoOn;
    }
    run_.outcome = Outcome::kRefused;
    run_.error = SuspendedError(*suspension_);
    return Progress::kEnd;
  }

  // What a person says while the run goes on holds from its next migration on. Asked once a second at most,
  // since it costs as much as a small migration does.
  Result<Progress> StopIfSuspended() {
    constexpr std::chrono::seconds kInterval(1);
    if (clock_.Steady() - asked_for_suspension_ < kInterval) {
      return Progress::kGoOn;
    }
    asked_for_suspension_ = clock_.Steady();
    const Result<Past> past = ReadPast(*session_, target_, {.ledger = false, .controller = true});
    if (past) {  // else the next migration finds out what is wrong
      suspension_ = past->suspension;
    }
    return RefuseIfSuspended();
  }

  // A branch whose policy nobody can read is judged by none.
  Result<Progress> RequirePolicy() {
    if (revision_.policy) {
      return Progress::kGoOn;
    }
    run_.outcome = Outcome::kRejected;
    run_.error = revision_.policy.error();
    return Progress::kEnd;
  }

  // The last thing that happened to this tracker is a run that ended in sync with this folder, this program
  // and these rows: nothing needs to be listed or parsed.
  Result<Progress> SkipIfUnchanged() {
    if (state_.newest == nullptr || state_.newest_kind != KindName(Kind::kRunFinished)) {
      return Progress::kGoOn;
    }
    const Json& last = *state_.newest;
    const std::string outcome = last.value("outcome", "");
    const bool ended_well =
        outcome == OutcomeName(Outcome::kInSync) || outcome == OutcomeName(Outcome::kApplied);
    const bool unchanged = ended_well && last.value("pending", -1) == 0 && last.value("findings", -1) == 0 &&
                           last.value("tree", "") == revision_.tree_id &&
                           last.value("policy", "") == revision_.policy->digest &&
                           last.value("controller_version", "") == kVersion && last.contains("folder") &&
                           last.value("applied_digest", "") == AppliedDigest();
    if (!unchanged) {
      return Progress::kGoOn;
    }
    run_.pending = 0;
    folder_ = FolderOf(last);
    return Progress::kEnd;
  }

  Result<Progress> Diff() {
    ASSIGN_OR_RETURN(state_.applied.recorded, ReadRecorded(*session_, target_));
    ASSIGN_OR_RETURN(assessment_, Assess(repository_, target_, revision_, state_.applied, state_.legacy));
    listed_ = true;
    run_.findings = std::move(assessment_.findings);
    run_.pending = static_cast<std::int64_t>(assessment_.pending.size());
    return Progress::kGoOn;
  }

  Result<Progress> Refuse() {
    run_.error = ReasonToRefuse(assessment_.plan, target_);
    if (!run_.error) {
      return Progress::kGoOn;
    }
    run_.outcome = Outcome::kRefused;
    return Progress::kEnd;
  }

  // Rows that no entry knows: the Go runner or a person applied them. Recorded once.
  Result<Progress> RecordDrift() {
    for (const AppliedMigration& row : assessment_.plan.unrecorded) {
      RETURN_IF_ERROR(recorder_.Add(Kind::kDrift, DriftFields(row, revision_)));
    }
    return Progress::kGoOn;
  }

  Result<Progress> Decide() {
    for (std::size_t i = 0; i < run_.findings.size() && i < kMaxFindingEntries; ++i) {
      RETURN_IF_ERROR(recorder_.Add(Kind::kFinding, FindingFields(run_.findings[i])));
    }
    if (!HasErrors(run_.findings)) {
      return Progress::kGoOn;
    }
    run_.outcome = Outcome::kRejected;
    return Progress::kEnd;
  }

  // Asked for without a forge too: a commit that turns require_approval off needs an approval itself.
  Result<Progress> Attribute() {
    RETURN_IF_ERROR(forge_.ReadUnderWay(*session_, run_.commit));
    ASSIGN_OR_RETURN(const std::string in_sync, ReadCommitInSync(*session_, target_));
    ASSIGN_OR_RETURN(changes_, ChangesSince(repository_, target_, revision_, in_sync));
    if (ChangesSomething()) {
      RETURN_IF_ERROR(forge_.Attribute(recorder_, changes_.commits));
    }
    return Progress::kGoOn;
  }

  bool ChangesSomething() const { return !assessment_.pending.empty() || changes_.policy_needs_approval; }

  // Whoever asked for this run hears of it; a run that nobody waits for leaves no trace and is made again.
  Result<Progress> RequireApproval() {
    if (!ChangesSomething() || !changes_.need_approval) {
      return Progress::kGoOn;
    }
    ASSIGN_OR_RETURN(std::string why, forge_.WhyNotApproved(repository_, target_));
    if (why.empty()) {
      return Progress::kGoOn;
    }
    run_.outcome = Outcome::kRefused;
    run_.awaits_approval = options_.only_after.has_value();
    run_.error =
        Error{.kind = ErrorKind::kUnavailable,
              .doing = "apply",
              .subject = run_.commit,
              .cause = "policy requires an approval: " + std::move(why),
              .hint = "let somebody with write access other than the author approve the pull request"};
    return Progress::kEnd;
  }

  // What the old counter counted is marked as applied without running it, in one transaction with its
  // entries.
  Result<Progress> Bootstrap() {
    const std::vector<Migration>& migrations = assessment_.plan.bootstrap;
    if (migrations.empty()) {
      return Progress::kGoOn;
    }
    std::string values;
    for (const Migration& migration : migrations) {
      values += fmt::format("{}({}, {}, NULL)", values.empty() ? "" : ", ", migration.version,
                            pg::QuoteText(migration.name));
      AddRow({.version = migration.version, .name = migration.name, .checksum = std::nullopt});
    }
    for (Json& fields : BootstrappedFields(target_, assessment_.plan, revision_)) {
      RETURN_IF_ERROR(recorder_.Add(Kind::kBootstrapped, std::move(fields)));
    }
    RETURN_IF_ERROR(CommitWaiting(
        *session_, recorder_,
        fmt::format("INSERT INTO {} (version, name, checksum) VALUES {} ON CONFLICT DO NOTHING;",
                    target_.tracker.Quoted(), values)));
    run_.bootstrapped = static_cast<std::int64_t>(migrations.size());
    return Progress::kGoOn;
  }

  Result<Progress> Apply() {
    const std::vector<PreparedMigration>& pending = assessment_.pending;
    if (!pending.empty()) {
      RETURN_IF_ERROR(
          CommitWaitingAsynchronously(*session_, recorder_, forge_.StartedSql(run_, pending.size())));
    }
    for (std::size_t i = 0; i < pending.size(); ++i) {
      if (options_.stop.stop_requested()) {
        return Interrupt("it was asked to stop before all was applied");
      }
      ASSIGN_OR_RETURN(const Progress allowed, StopIfSuspended());
      if (allowed == Progress::kEnd) {
        return Progress::kEnd;
      }
      observer_.OnMigrationStarted(i + 1, pending.size(), pending[i].migration);
      ASSIGN_OR_RETURN(JobResult result, applier_.Apply(pending[i]));
      if (result.effect == Effect::kConnectionLost) {
        ASSIGN_OR_RETURN(result, FindOut(pending[i], std::move(result)));
      }
      ASSIGN_OR_RETURN(const Progress progress, Note(pending[i], result));
      if (progress == Progress::kEnd) {
        return Progress::kEnd;
      }
      observer_.OnMigrationApplied(i + 1, pending.size(), pending[i].migration, result.duration);
    }
    return Progress::kGoOn;
  }

  // As if the process had died here: the commit has its run another time.
  Progress Interrupt(std::string cause) {
    run_.outcome = Outcome::kInterrupted;
    run_.error = Error{.kind = ErrorKind::kUnavailable,
                       .doing = "go on",
                       .subject = "",
                       .cause = std::move(cause),
                       .hint = "the next run goes on"};
    return Progress::kEnd;
  }

  // The connection broke while `prepared` was under way. The ledger knows whether its COMMIT arrived, and
  // after a crash of the server it also knows which of the earlier ones did not.
  Result<JobResult> FindOut(const PreparedMigration& prepared, JobResult result) {
    ASSIGN_OR_RETURN(const std::set<Version> durable, Recover(result.failure->message));
    return AfterLostConnection(std::move(result), durable.contains(prepared.migration.version),
                               prepared.transactional);
  }

  // Connects and locks again, and rebases the run and its recorder on what the ledger has of it: a server
  // that crashed may have lost the last commits, effects and entries together.
  Result<std::set<Version>> Recover(const std::string& cause) {
    observer_.OnConnectionLost(cause);
    RETURN_IF_ERROR(session_.Reopen());
    ASSIGN_OR_RETURN(RecordOfRun record, ReadRecordOfRun(*session_, run_.run_id));
    finished_ = finished_ || record.finished;
    recorder_.Rebase(record.last_ordinal);
    ForgetLost(record.applied);
    return std::move(record.applied);
  }

  // What a crash of the server took back is pending again, and the run did not do what it was to do.
  void ForgetLost(const std::set<Version>& durable) {
    std::erase_if(state_.applied.rows, [&](const AppliedMigration& row) {
      return !durable.contains(row.version) &&
             std::any_of(run_.applied.begin(), run_.applied.end(),
                         [&](const AppliedStep& step) { return step.version == row.version; });
    });
    const auto lost = static_cast<std::int64_t>(std::erase_if(
        run_.applied, [&](const AppliedStep& step) { return !durable.contains(step.version); }));
    if (lost == 0) {
      return;
    }
    applied_digest_.clear();
    *run_.pending += lost;
    run_.outcome = Outcome::kFailed;
    run_.error =
        Error{.kind = ErrorKind::kUnavailable,
              .doing = "keep the last of the applied migrations:",
              .subject = std::to_string(lost),
              .cause = "the server crashed before they were on its disk, and they are undone as a whole",
              .hint = "run again: they are pending and are applied again"};
  }

  void AddRow(AppliedMigration row) {
    state_.applied.rows.push_back(std::move(row));
    applied_digest_.clear();
  }

  // Of the rows as they are now; a run with nothing to do asks twice.
  const std::string& AppliedDigest() {
    if (applied_digest_.empty()) {
      std::sort(state_.applied.rows.begin(), state_.applied.rows.end(),
                [](const auto& a, const auto& b) { return a.version < b.version; });
      applied_digest_ = state_.applied.Digest();
    }
    return applied_digest_;
  }

  // Takes one migration's result into the run.
  Result<Progress> Note(const PreparedMigration& prepared, const JobResult& result) {
    const Migration& migration = prepared.migration;
    if (result.effect == Effect::kApplied) {
      run_.applied.push_back(
          {.version = migration.version, .name = migration.name, .duration = result.duration});
      run_.outcome = Outcome::kApplied;
      --*run_.pending;
      AddRow({.version = migration.version, .name = migration.name, .checksum = prepared.checksum});
      return Progress::kGoOn;
    }
    const bool unknown = result.effect == Effect::kUnknown;
    run_.failed = result.failure;
    run_.outcome = unknown ? Outcome::kRefused : Outcome::kFailed;
    RETURN_IF_ERROR(applier_.RecordFailure(unknown ? Kind::kOutcomeUnknown : Kind::kFailed, prepared, result,
                                           /*will_retry=*/false));
    run_.retry = result.retryable;
    const bool undone = result.effect == Effect::kNone;
    if (undone && options_.cancel.stop_requested() && result.failure->sqlstate == kQueryCanceled) {
      run_.retry = false;
      return Interrupt("the migration under way was cancelled, since it was asked to stop at once");
    }
    if (unknown) {
      run_.error =
          Error{.kind = ErrorKind::kInDoubt,
                .doing = "say whether this migration took effect:",
                .subject = migration.path,
                .cause = result.failure->message,
                .hint = fmt::format(
                    "look at the schema, then `paliadctl resolve {} --as applied|not-applied --reason TEXT`",
                    migration.version)};
    }
    return Progress::kEnd;
  }

  // Synchronous: what is reported is durable. If the connection breaks here, what was recorded is looked up
  // and the run's end is written anew, since it may have come to something else.
  Result<Run> Finish() {
    constexpr int kMostTries = 3;
    Status committed;
    for (int i = 0; i < kMostTries && !finished_; ++i) {
      if (session_->broken()) {
        RETURN_IF_ERROR(RecoverToFinish());
        if (finished_) {
          break;
        }
      }
      recorder_.DropEffects();
      if (run_.outcome == Outcome::kFailed && run_.error) {
        const NextAction next = NextActionFor(run_.error->kind);
        run_.retry = next == NextAction::kRetry || next == NextAction::kReplan;
      }
      RETURN_IF_ERROR(AddRunFinished());
      committed = CommitWaiting(*session_, recorder_, forge_.FinishedSql(run_));
      finished_ = committed.has_value();
      if (!finished_ && !session_->broken()) {
        break;
      }
    }
    if (!finished_) {
      return Fail(NotRecorded(committed.error()));
    }
    ReadHead();
    AnchorLog();
    return std::move(run_);
  }

  Status AddRunFinished() {
    Json fields = FinishedFields(run_, revision_, AppliedDigest(), holds_lock_);
    if (suspension_) {
      fields["suspended"] = true;
    }
    if (!listed_) {
      fields.update(folder_);
      return recorder_.Add(Kind::kRunFinished, std::move(fields));
    }
    FolderAccount account = AccountFor(assessment_, run_, state_.applied.rows);
    fields["folder"] = std::move(account.counts);
    ASSIGN_OR_RETURN(std::string lists, CanonicalJson(account.lists));
    if (lists.size() <= kMaxListBytes) {
      fields["folder_lists"] = std::move(account.lists);
      return recorder_.Add(Kind::kRunFinished, std::move(fields));
    }
    const auto body = std::make_shared<const ledger::SaltedBody>(ledger::SaltBody(std::move(lists)));
    fields["folder_lists"] = body->digest;
    return recorder_.Add(Kind::kRunFinished, std::move(fields), body);
  }

  Status RecoverToFinish() {
    const Result<std::set<Version>> recovered =
        Recover(run_.error ? run_.error->cause : "while the run was finished");
    return recovered ? Status() : Fail(NotRecorded(recovered.error()));
  }

  // The run's own error is the cause; that it could not be recorded comes on top.
  Error NotRecorded(Error error) const {
    if (run_.error && run_.error->cause != error.cause) {
      error.cause = fmt::format("{}; before that: {}", error.cause, run_.error->Message());
    }
    if (error.hint.empty()) {  // else the server said what to do
      error.hint =
          "run again: the next run finds out what took effect and records that this one was interrupted";
    }
    return error;
  }

  // The run is recorded and reported whatever becomes of this.
  void ReadHead() {
    const store::RangeCache cache(target_.data_dir, state_.genesis_hash);
    auto head = store::ReadTreeHead(*session_, cache);
    if (head) {
      run_.ledger = *head;
    } else if (!run_.error) {
      run_.error = head.error();
    }
    session_.Unlock();
  }

  // Without the lock, since places may be slow and the log's entries are appended for good.
  void AnchorLog() {
    if (!target_.ledger.WantsCheckpoints()) {
      return;
    }
    Result<publish::Anchoring> anchoring =
        AnchorTarget(*session_, target_, log_setup_, state_.genesis_hash, options_.actor, clock_);
    if (anchoring) {
      run_.anchoring = *std::move(anchoring);
    } else {
      run_.anchoring_error = anchoring.error();
    }
  }

  const Target& target_;
  git::Repository& repository_;
  const RunOptions& options_;
  const Clock& clock_;
  RunObserver& observer_;
  const std::optional<ledger::MacSecret> secret_;  // of the codes on append
  store::RunRecorder recorder_;
  RunSession session_;
  RunForge forge_;
  LogSetup log_setup_;  // only where checkpoints are wanted
  Revision revision_;
  DatabaseState state_;
  std::optional<Suspension> suspension_;
  SteadyTime asked_for_suspension_;
  std::string applied_digest_;  // of state_.applied.rows; empty: not known
  Assessment assessment_;
  Changes changes_;  // since the newest run in sync
  Run run_;
  Json folder_ = Json::object();  // what is known of the folder although it was not listed
  bool listed_ = false;           // assessment_ holds the folder
  bool holds_lock_ = true;
  bool finished_ = false;  // the ledger has the run's end
  MigrationApplier applier_;
};

}  // namespace

std::string_view TriggerName(Trigger trigger) {
  switch (trigger) {
    case Trigger::kManual:
      return "manual";
    case Trigger::kCommit:
      return "commit";
    case Trigger::kWebhook:
      return "webhook";
    case Trigger::kInterval:
      return "interval";
    case Trigger::kResume:
      return "resume";
  }
  return "";
}

Result<Run> Reconcile(const Target& target, git::Repository& repository, const RunOptions& options,
                      const Clock& clock, RunObserver& observer) {
  ASSIGN_OR_RETURN(const auto secret, ReadMacSecret(target));
  return Reconciliation(target, repository, options, clock, observer, secret).Execute();
}

}  // namespace paliad
