#include "controller/serve/pulls/watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/json.h"
#include "controller/config/config_file.h"
#include "controller/pulls/feedback.h"
#include "controller/pulls/open_forge.h"
#include "controller/reconcile/forge_side.h"
#include "controller/reconcile/inspect.h"
#include "controller/reconcile/record.h"
#include "controller/serve/loop/delay.h"
#include "controller/serve/loop/event_log.h"
#include "controller/serve/pulls/forge_target.h"
#include "controller/store/queries.h"

namespace paliad::serve {
namespace {

using std::chrono::milliseconds;

// A forge may need a moment to know of a merge that git has already.
constexpr std::chrono::minutes kUntilThereIsNone{10};
constexpr milliseconds kAskAgain{15'000};
// What it refuses to say may be allowed yet: a token's scope is mended within a day.
constexpr std::chrono::hours kUntilItWillNotSay{24};
constexpr std::chrono::minutes kAskAgainAfterRefusal{10};

// What may be different the next time although nothing moved.
bool IsTransient(const std::optional<Error>& error) {
  return error && NextActionFor(error->kind) == NextAction::kRetry;
}

}  // namespace

struct PullRequestWatch::WatchPass {
  Target target;
  store::FeedbackOwner owner;
  pg::Session session;
  std::unique_ptr<forge::Forge> client;
  std::vector<forge::PullRequest> open;
  std::map<std::int64_t, store::KnownPullRequest> known;
};

PullRequestWatch::PullRequestWatch(config::TargetConfig config, WatchEnvironment environment)
    : config_(std::move(config)),
      environment_(std::move(environment)),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

PullRequestWatch::~PullRequestWatch() = default;

void PullRequestWatch::TakeFetched(const std::string& clone) {
  {
    const std::lock_guard lock(mutex_);
    clone_ = clone;
  }
  wake_up_.Wake();
}

std::string PullRequestWatch::clone() const {
  const std::lock_guard lock(mutex_);
  return clone_;
}

void PullRequestWatch::Run(const std::stop_token& stop) {
  for (SteadyTime due = environment_.clock.Steady(); wake_up_.Await(stop, due);) {
    due = Pass(stop);
  }
  ended_ = true;
}

SteadyTime PullRequestWatch::Pass(const std::stop_token& stop) {
  const SteadyTime next = environment_.clock.Steady() + UntilNextPoll(config_.interval);
  const std::string repository = clone();
  if (repository.empty()) {
    return next;
  }
  if (!environment_.gate.open()) {
    return environment_.gate.opens_at();
  }
  const Status looked = Look(repository, stop);
  std::string error = looked ? "" : looked.error().Message();
  if (!error.empty() && error != last_error_) {
    LogEvent(Level::kWarning, {.target = config_.target.name}, error);
  }
  last_error_ = std::move(error);
  return environment_.gate.healthy() ? next : environment_.gate.opens_at();
}

template <class T>
Result<T> PullRequestWatch::Asked(forge::Answer<T> answer) {
  if (answer) {
    environment_.gate.Succeeded();
    return *std::move(answer);
  }
  environment_.gate.Failed(answer.error());
  environment_.metrics.FeedbackFailed(config::ForgeKindName(config_.forge->kind));
  return Fail(std::move(answer.error().error));
}

Status PullRequestWatch::Look(const std::string& clone, const std::stop_token& stop) {
  ASSIGN_OR_RETURN(Target target, config::WithDatabase(config_));
  if (!ledger_seen_) {
    // A new database is the first run's to prepare, which would have to wait for us.
    ASSIGN_OR_RETURN(pg::Session first, pg::Session::Connect({.url = target.database_url}));
    ASSIGN_OR_RETURN(ledger_seen_, store::HasLedger(first));
    if (!ledger_seen_) {
      return {};
    }
  }
  ASSIGN_OR_RETURN(pg::Session session, OpenToRecord(target, environment_.clock));
  WatchPass pass{.target = std::move(target),
                 .owner = pulls::OwnerOf(config_),
                 .session = std::move(session),
                 .client = nullptr,
                 .open = {},
                 .known = {}};
  ASSIGN_OR_RETURN(const bool ours, TakeTurn(pass.session, pass.owner, "watch"));
  if (!ours) {
    return {};
  }
  ASSIGN_OR_RETURN(pass.client, environment_.make_client(config_, stop));
  ASSIGN_OR_RETURN(pass.open, Asked(pass.client->OpenPullRequests(config_.target.branch)));
  RETURN_IF_ERROR(SettleAttributions(pass));
  ASSIGN_OR_RETURN(pass.known, ReadPullRequests(pass.session, pass.owner));
  RETURN_IF_ERROR(ForgetClosed(pass));
  ASSIGN_OR_RETURN(git::Repository opened, git::Repository::Open(clone));
  auto repository = std::make_unique<git::Repository>(std::move(opened));
  ASSIGN_OR_RETURN(const std::string base, repository->Resolve(config_.target.branch));
  const std::vector<forge::PullRequest> here = ThoseInGit(pass.open, *repository);
  ASSIGN_OR_RETURN(const AppliedSet applied, ReadApplied(pass.target));
  ASSIGN_OR_RETURN(const std::string scratch_url, config_.scratch.ReadIfNamed());
  pulls::PullRequestJudge& judge = Judge(scratch_url, stop);
  ASSIGN_OR_RETURN(const std::vector<pulls::Case> cases, judge.Open(*repository, base, here, applied));
  repository_ = std::move(repository);
  for (const pulls::Case& each : cases) {
    if (stop.stop_requested()) {
      return {};
    }
    RETURN_IF_ERROR(JudgeOne(pass, each, stop));
  }
  return {};
}

// What the forge lists and git has not brought yet is judged after the next fetch. One that a fetch did not
// bring is not asked for again before its turn.
std::vector<forge::PullRequest> PullRequestWatch::ThoseInGit(const std::vector<forge::PullRequest>& open,
                                                             const git::Repository& repository) {
  std::vector<forge::PullRequest> here;
  std::set<std::string> missing;
  for (const forge::PullRequest& each : open) {
    if (repository.ReadCommit(each.head_commit)) {
      here.push_back(each);
    } else {
      missing.insert(each.head_commit);
    }
  }
  if (!std::includes(missing_.begin(), missing_.end(), missing.begin(), missing.end())) {
    environment_.fetch();
  }
  for (const forge::PullRequest& each : open) {
    const bool stays_away = missing.contains(each.head_commit) && missing_.contains(each.head_commit);
    if (stays_away && told_missing_.insert(each.head_commit).second) {
      LogEvent(Level::kWarning, {.target = config_.target.name, .commit = each.head_commit},
               fmt::format("pull request {} is not judged: the repository does not have its head {} ({}); "
                           "is it a mirror without the references of pull requests?",
                           each.number, each.head_commit, each.head_ref));
    }
  }
  missing_ = std::move(missing);
  return here;
}

pulls::PullRequestJudge& PullRequestWatch::Judge(const std::string& scratch_url,
                                                 const std::stop_token& stop) {
  if (judge_ == nullptr || scratch_url != scratch_url_) {
    scratch_url_ = scratch_url;
    judge_ = std::make_unique<pulls::PullRequestJudge>(
        pulls::JudgeSettings{.target = config_.target,
                             .scratch_url = scratch_url,
                             .scratch_template = config_.scratch_template,
                             .dry_run_forks = config_.forge->dry_run_forks,
                             .stop = stop},
        environment_.clock);
  }
  return *judge_;
}

Status PullRequestWatch::JudgeOne(WatchPass& pass, const pulls::Case& each, const std::stop_token& stop) {
  const auto known = pass.known.find(each.pull_request.number);
  const bool was_told = known != pass.known.end();
  if (!each.touches) {
    RETURN_IF_ERROR(TellUntouched(pass, each.pull_request));
  }
  if (was_told ? known->second.key == each.key : !each.touches) {
    return {};
  }
  const pulls::Verdict verdict = judge_->Judge(each.pull_request.number);
  if (stop.stop_requested()) {
    return {};  // its dry run may have been cut short
  }
  RETURN_IF_ERROR(TakeVerdict(pass, each, verdict));
  environment_.deliver();
  return {};
}

// For a branch that requires the statuses of every pull request.
Status PullRequestWatch::TellUntouched(WatchPass& pass, const forge::PullRequest& pull_request) {
  if (!config_.forge->report_all || untouched_.contains(pull_request.head_commit)) {
    return {};
  }
  std::string change;
  for (const forge::CommitStatus& status :
       pulls::UntouchedStatuses(pull_request, config_.target.name, !config_.scratch.empty())) {
    change += PutMessageSql(pass.owner, status, pull_request.number);
  }
  RETURN_IF_ERROR(pass.session.Run("BEGIN;" + change + "COMMIT;", "note the status").map([](auto&&) {}));
  untouched_.insert(pull_request.head_commit);
  environment_.deliver();
  return {};
}

// The verdict, the entry that tells of it and its feedback become durable together.
Status PullRequestWatch::TakeVerdict(WatchPass& pass, const pulls::Case& each,
                                     const pulls::Verdict& verdict) {
  const std::int64_t number = each.pull_request.number;
  const std::string& head = each.pull_request.head_commit;
  const auto before = pass.known.find(number);
  const bool known = before != pass.known.end();
  const bool changed = !known || before->second.verdict != DigestOf(verdict);
  const bool transient = IsTransient(verdict.error) || IsTransient(verdict.dry_run_error);
  store::KnownPullRequest now{
      .key = transient ? "" : each.key, .verdict = DigestOf(verdict), .head = head, .held_check = ""};
  Json fields = CheckFinishedFields(verdict);
  if (each.pull_request.from_fork) {
    // Anybody may open one: the ledger takes it once it is merged.
    ASSIGN_OR_RETURN(now.held_check, CanonicalJson(fields));
  }
  std::string change = PutPullRequestSql(pass.owner, number, now);
  // A branch that moves has all pull requests judged again: what is said already is not said again.
  if (changed || before->second.head != head) {
    change += FeedbackSql(pass, verdict);
  }
  if (changed && !each.pull_request.from_fork) {
    RETURN_IF_ERROR(Record(pass.session, pass.target, ledger::Kind::kCheckFinished, std::move(fields), change,
                           environment_.clock));
  } else {
    RETURN_IF_ERROR(pass.session.Run("BEGIN;" + change + "COMMIT;", "note the verdict").map([](auto&&) {}));
  }
  if (verdict.touches) {
    untouched_.erase(head);
  }
  pass.known[number] = std::move(now);
  return {};
}

std::string PullRequestWatch::FeedbackSql(const WatchPass& pass, const pulls::Verdict& verdict) const {
  const forge::PullRequest& pull_request = verdict.pull_request;
  // A status belongs to a commit. A stranger can open a pull request from a commit of the project's own, and
  // what is said of that one must not stand on this one.
  const bool shared = std::ranges::any_of(pass.open, [&](const forge::PullRequest& other) {
    return !other.from_fork && other.head_commit == pull_request.head_commit;
  });
  std::vector<forge::CommitStatus> statuses;
  if (!pull_request.from_fork || !shared) {
    // What touched the target once and does not any more is told so, instead of keeping a red status.
    statuses = verdict.touches
                   ? StatusesOf(verdict, config_.target.name)
                   : pulls::UntouchedStatuses(pull_request, config_.target.name, !config_.scratch.empty());
  }
  std::string sql;
  for (const forge::Message& message : MessagesOf(verdict, statuses, config_.target.name, *pass.client)) {
    sql += PutMessageSql(pass.owner, message, pull_request.number);
  }
  return sql;
}

// Pull requests that are not open any more. A fork's that was merged is recorded now.
Status PullRequestWatch::ForgetClosed(WatchPass& pass) {
  std::set<std::int64_t> open;
  for (const forge::PullRequest& each : pass.open) {
    open.insert(each.number);
  }
  for (const auto& [number, known] : pass.known) {
    if (open.contains(number)) {
      continue;
    }
    const std::string forget = ForgetPullRequestSql(pass.owner, number);
    bool merged = false;
    if (!known.held_check.empty()) {
      const auto found = Asked(pass.client->FindPullRequest(number));
      if (!found && found.error().kind == ErrorKind::kUnavailable) {
        return Fail(found.error());
      }
      if (!found) {
        continue;  // refused: its entry waits, and nothing else does
      }
      merged = *found && (*found)->merged;
    }
    if (merged) {
      ASSIGN_OR_RETURN(Json fields, ParseJson(known.held_check));
      RETURN_IF_ERROR(Record(pass.session, pass.target, ledger::Kind::kCheckFinished, std::move(fields),
                             forget, environment_.clock));
    } else {
      RETURN_IF_ERROR(pass.session.Run(forget, "forget a pull request").map([](auto&&) {}));
    }
  }
  std::erase_if(pass.known, [&](const auto& each) { return !open.contains(each.first); });
  return {};
}

Status PullRequestWatch::SettleAttributions(WatchPass& pass) {
  ASSIGN_OR_RETURN(const std::vector<store::AwaitedAttribution> awaited,
                   ReadAwaitedAttributions(pass.session, pass.owner));
  for (const store::AwaitedAttribution& each : awaited) {
    const Result<Attributed> answer = Asked(pass.client->FindAttribution(each.commit));
    if (!answer && answer.error().kind == ErrorKind::kUnavailable) {
      return Fail(answer.error());
    }
    const bool found = answer && *answer;
    if (!found && each.age < (answer ? kUntilThereIsNone : kUntilItWillNotSay)) {
      RETURN_IF_ERROR(DelayAttribution(pass.session, pass.owner, each,
                                       answer ? kAskAgain : milliseconds(kAskAgainAfterRefusal)));
      continue;
    }
    const Attributed attributed = found ? *answer : std::nullopt;
    const auto reply = ReplyOf(attributed);
    RETURN_IF_ERROR(Record(pass.session, pass.target, ledger::Kind::kAttributed,
                           AttributedFields(each.run_id, each.commit, attributed, reply.get()),
                           SettleAttributionSql(pass.owner, each), environment_.clock, reply));
  }
  return {};
}

}  // namespace paliad::serve
