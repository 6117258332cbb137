#include "controller/serve/loop/run_log.h"

#include <fmt/format.h>

#include <utility>

#include "base/duration.h"
#include "controller/postgres/advisory_lock.h"
#include "controller/publish/anchor.h"

namespace paliad::serve {
namespace {

using std::chrono::milliseconds;

// The next run makes up for a place that failed; a ledger that does not continue what was published needs a
// person.
void LogAnchoring(const Subject& subject, const Run& run) {
  if (run.anchoring_error) {
    const bool wait = NextActionFor(run.anchoring_error->kind) == NextAction::kRetry;
    LogEvent(wait ? Level::kWarning : Level::kError, subject, run.anchoring_error->Message());
  }
  if (!run.anchoring) {
    return;
  }
  for (const publish::PlaceOutcome& place : run.anchoring->places) {
    if (place.error) {
      LogEvent(Level::kWarning, subject, place.error->Message());
    }
  }
}

}  // namespace

RunLogger::RunLogger(std::string target, std::string commit, MetricsSink& metrics,
                     std::function<void(std::string)> on_step)
    : target_(std::move(target)),
      commit_(std::move(commit)),
      metrics_(metrics),
      on_step_(std::move(on_step)) {}

void RunLogger::OnWaitingForLock(const pg::LockHolder& holder, milliseconds /*waited*/) {
  Say(Level::kInfo, "waiting for the lock, which is held by " + holder.Describe());
}

void RunLogger::OnMigrationStarted(std::size_t number, std::size_t total, const Migration& migration) {
  on_step_(fmt::format("applying {} of {}: {}_{}", number, total, migration.version, migration.name));
}

void RunLogger::OnMigrationApplied(std::size_t /*number*/, std::size_t /*total*/, const Migration& migration,
                                   std::chrono::microseconds duration) {
  metrics_.MigrationApplied(target_, duration);
  Say(Level::kInfo,
      fmt::format("applied {}_{} in {:.1f} ms", migration.version, migration.name,
                  static_cast<double>(duration.count()) / 1e3),
      migration.version);
}

void RunLogger::OnRetry(const Failure& failure, int attempt, milliseconds delay) {
  Say(Level::kWarning,
      fmt::format("{}: attempt {} failed: {}; trying again in {}", failure.path, attempt, failure.message,
                  FormatDuration(delay)),
      failure.version);
}

void RunLogger::OnConnectionLost(const std::string& cause) {
  Say(Level::kWarning,
      fmt::format("the connection was lost ({}); connecting again to find out what took effect", cause));
}

void RunLogger::OnNotice(std::string_view text) { Say(Level::kInfo, fmt::format("PostgreSQL: {}", text)); }

void RunLogger::Say(Level level, const std::string& message, std::int64_t version) const {
  LogEvent(level, {.target = target_, .commit = commit_, .version = version}, message);
}

void LogRun(const std::string& target, const Run& run) {
  const Subject subject{.target = target, .run_id = run.run_id, .commit = run.commit};
  const bool good = run.outcome == ledger::Outcome::kInSync || run.outcome == ledger::Outcome::kApplied;
  const std::string reason = ReasonOf(run);
  LogEvent(good ? Level::kInfo : Level::kWarning, subject,
           fmt::format("{}: {} applied{}{}", OutcomeName(run.outcome), run.applied.size(),
                       reason.empty() ? "" : "; ", reason));
  LogAnchoring(subject, run);
}

}  // namespace paliad::serve
