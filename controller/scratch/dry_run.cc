#include "controller/scratch/dry_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/duration.h"
#include "controller/scratch/applier.h"
#include "controller/scratch/server.h"
#include "controller/scratch/sweep.h"
#include "controller/scratch/table_watch.h"
#include "controller/scratch/template_database.h"
#include "controller/scratch/watchdog.h"

namespace paliad::scratch {
namespace {

struct Task {
  const Migration* migration = nullptr;
  ContentSource* source = nullptr;
  bool pending = true;  // false: of the base set, which a given template did not have
};

// What is to be applied to a clone. A built template has the base set. A given one has what its tracker says;
// where that says nothing, the base set is there by other means (a schema without data).
std::vector<Task> Tasks(const MigrationFiles& base, const MigrationFiles& pending,
                        const AppliedSet& applied) {
  std::vector<Task> tasks;
  if (!applied.rows.empty()) {
    for (const Migration& migration : base.migrations) {
      if (applied.Find(migration.version) == nullptr) {
        tasks.push_back({.migration = &migration, .source = base.source, .pending = false});
      }
    }
  }
  for (const Migration& migration : pending.migrations) {
    if (applied.Find(migration.version) == nullptr) {
      tasks.push_back({.migration = &migration, .source = pending.source});
    }
  }
  return tasks;
}

// The migrations of one dry run, in its clone.
class DryRunner {
 public:
  DryRunner(ScratchServer& server, Workspace& workspace, const Options& options, const Clock& clock)
      : server_(server), workspace_(workspace), options_(options), clock_(clock) {}

  Status Run(const MigrationFiles& base, const MigrationFiles& pending, DryRun& run) {
    ASSIGN_OR_RETURN(pg::Session owner, workspace_.OpenAsOwner());
    ASSIGN_OR_RETURN(pg::Session login, workspace_.OpenLogin(options_.target.search_path));
    ASSIGN_OR_RETURN(const Backend backend, BackendOf(login));
    Watchdog watchdog(server_.admin(), workspace_.name(), backend, options_.limits.run_time, options_.stop);
    Applier applier(login, options_.target, clock_);
    ASSIGN_OR_RETURN(const AppliedSet applied, applier.Start());
    TableWatch watch(owner, options_.target, backend);
    RETURN_IF_ERROR(watch.Start());
    for (const Task& task : Tasks(base, pending, applied)) {
      ASSIGN_OR_RETURN(ReadyMigration ready, applier.Ready(*task.migration, *task.source));
      MigrationReport report{.version = ready.job.version,
                             .name = ready.job.name,
                             .path = ready.job.path,
                             .transactional = ready.transactional};
      if (!ready.transactional) {
        watchdog.StartSampling();
      }
      const auto result = applier.Apply(ready, watch.Inside());
      const LocksByTable sampled = watchdog.TakeSamples();
      ASSIGN_OR_RETURN(run.failed, Judge(ready.job, result, watchdog.fired(), owner));
      if (run.failed) {
        return {};
      }
      report.duration = result->duration;
      RETURN_IF_ERROR(watch.Finish(sampled, report));
      if (task.pending) {
        run.migrations.push_back(std::move(report));
      }
    }
    return {};
  }

 private:
  // None: applied. The owner's session tells a migration that ended its own from a server that went away.
  Result<std::optional<Failure>> Judge(const MigrationJob& job, const Result<JobResult>& result,
                                       bool time_is_up, pg::Session& owner) const {
    if (result && result->effect == Effect::kApplied) {
      return std::nullopt;
    }
    if (time_is_up) {
      return UnlocatedFailure(
          job, "57014",
          fmt::format("the dry run was ended after {}, before the migration was done",
                      FormatDuration(options_.limits.run_time)),
          "--scratch-timeout allows more; a migration that takes long on a small database takes longer on a "
          "large one");
    }
    if (!result) {
      return Fail(result.error());
    }
    if (result->effect != Effect::kConnectionLost) {
      return result->failure;
    }
    RETURN_IF_ERROR(owner.Run("SELECT;", "find out why the dry run's connection was lost"));
    Failure failure = *result->failure;
    failure.message = "the migration ended its own connection: " + failure.message;
    return failure;
  }

  ScratchServer& server_;
  Workspace& workspace_;
  const Options& options_;
  const Clock& clock_;
};

void Append(std::vector<std::string>& to, Result<std::vector<std::string>> problems) {
  if (problems) {
    to.insert(to.end(), std::make_move_iterator(problems->begin()), std::make_move_iterator(problems->end()));
  } else {
    to.push_back(problems.error().Message());
  }
}

}  // namespace

std::string_view TemplateOriginName(TemplateOrigin origin) {
  switch (origin) {
    case TemplateOrigin::kBuilt:
      return "built";
    case TemplateOrigin::kCached:
      return "cached";
    case TemplateOrigin::kGiven:
      return "given";
  }
  return "";
}

Result<DryRun> RunDry(const Options& options, const MigrationFiles& base, const MigrationFiles& pending,
                      const Clock& clock) {
  DryRun run;
  run.base = base.migrations.size();
  ASSIGN_OR_RETURN(ScratchServer server, ScratchServer::Connect(options.url, clock));
  Append(run.warnings, SweepLeftovers(server));
  ASSIGN_OR_RETURN(Clone clone, options.given_template.empty() ? CloneTemplate(server, options, base, clock)
                                                               : CloneGiven(server, options, clock));
  run.origin = clone.origin;
  run.temp_files_limited = clone.workspace.temp_files_limited();
  const Status ran = DryRunner(server, clone.workspace, options, clock).Run(base, pending, run);
  if (const Status dropped = clone.workspace.Drop(); !dropped) {
    run.warnings.push_back(dropped.error().Message());
  }
  Append(run.warnings, SweepTemplates(server, static_cast<std::size_t>(options.max_templates),
                                      clock.Now() - options.max_template_age));
  RETURN_IF_ERROR(ran);
  return run;
}

}  // namespace paliad::scratch
