#include "controller/scratch/template_database.h"

#include <fmt/format.h>

#include <utility>

#include "base/duration.h"
#include "base/sha256.h"
#include "controller/scratch/adopt.h"
#include "controller/scratch/applier.h"
#include "controller/scratch/names.h"
#include "controller/scratch/sweep.h"
#include "controller/scratch/table_watch.h"
#include "controller/scratch/watchdog.h"
#include "migrations/schema/embedded_schema.h"

namespace paliad::scratch {
namespace {

constexpr std::chrono::minutes kPublishWait{1};

// Everything that decides what is in the template: the owner, who alone may clone it; where the tracker is;
// how names are resolved; the ledger's tables; the base set itself. Names are the last field of their line,
// since they may hold anything but a line's end.
Result<std::string> TemplateDigest(const ScratchServer& server, const Options& options,
                                   const MigrationFiles& base) {
  std::string lines = fmt::format("paliad dry run template 1\n{}\n{}\n{}\n", server.role(),
                                  options.target.tracker.Quoted(), options.target.search_path.value_or(""));
  for (const EmbeddedFile& file : EmbeddedSchema()) {
    lines += fmt::format("schema {} {}\n", Sha256Hex(file.text), file.name);
  }
  for (const Migration& migration : base.migrations) {
    ASSIGN_OR_RETURN(const std::string text, base.source->Read(*migration.entry));
    lines += fmt::format("{} {} {}\n", migration.version, Sha256Hex(text), migration.name);
  }
  return Sha256Hex(lines);
}

Error CannotBuild(const Failure& failure) {
  return {
      .kind = ErrorKind::kInvalidInput,
      .doing = "build the base set from an empty database:",
      .subject = failure.path,
      .cause = failure.line ? fmt::format("line {}: {}", *failure.line, failure.message) : failure.message,
      .hint =
          "keep a database that has the base set (a restored dump without data will do) and name it with "
          "--scratch-template"};
}

Status ApplyBase(ScratchServer& server, Workspace& workspace, const Options& options,
                 const MigrationFiles& base, const Clock& clock) {
  ASSIGN_OR_RETURN(pg::Session login, workspace.OpenLogin(options.target.search_path));
  ASSIGN_OR_RETURN(const Backend backend, BackendOf(login));
  const Watchdog watchdog(server.admin(), workspace.name(), backend, options.limits.build_time, options.stop);
  Applier applier(login, options.target, clock);
  RETURN_IF_ERROR(applier.Start());
  for (const Migration& migration : base.migrations) {
    ASSIGN_OR_RETURN(ReadyMigration ready, applier.Ready(migration, *base.source));
    ASSIGN_OR_RETURN(JobResult result, applier.Apply(ready, {}));
    if (watchdog.fired()) {
      result.failure = UnlocatedFailure(
          ready.job, "", fmt::format("not done within {}", FormatDuration(options.limits.build_time)), "");
    }
    if (result.failure) {
      return Fail(CannotBuild(*result.failure));
    }
  }
  return {};
}

// REQUIRES: the lock of `name`.
Status Build(ScratchServer& server, const Options& options, const MigrationFiles& base,
             const std::string& name, const Clock& clock) {
  ASSIGN_OR_RETURN(Workspace workspace,
                   Workspace::Make(server, RunNameKind::kBuild, "template0", options.limits, clock));
  RETURN_IF_ERROR(ApplyBase(server, workspace, options, base, clock));
  ASSIGN_OR_RETURN(const bool published,
                   workspace.Publish(name, TemplateComment(base.migrations.size(), clock.Now())));
  return published ? Status() : workspace.Drop();
}

// Schemas first: without a superuser, who gets a table must be allowed to create in its schema. $1: the
// owner; $2: the new one.
constexpr char kSchemasSql[] =
    "SELECT pg_catalog.format('ALTER SCHEMA %I OWNER TO %I;', nspname, $2::text)"
    " FROM pg_catalog.pg_namespace WHERE nspowner = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = $1)";

// What the template's role owns goes to the clone's login. Roles made here own nothing that is shared.
Status HandOver(Workspace& clone, const std::string& template_name) {
  ASSIGN_OR_RETURN(pg::Session owner, clone.OpenAsOwner());
  constexpr std::string_view kDoing = "hand the clone over to its login";
  ASSIGN_OR_RETURN(const pg::Rows schemas, owner.Query(kSchemasSql, {template_name, clone.name()}, kDoing));
  std::string sql;
  for (int row = 0; row < schemas.size(); ++row) {
    sql += schemas.Text(row, 0);
  }
  sql += fmt::format("REASSIGN OWNED BY {} TO {};", pg::QuoteIdentifier(template_name),
                     pg::QuoteIdentifier(clone.name()));
  return owner.Run(sql, kDoing).map([](const auto&) {});
}

// REQUIRES: the lock of `name`, shared, so that nobody sweeps it.
Result<Clone> MakeClone(ScratchServer& server, const Options& options, const std::string& name,
                        TemplateOrigin origin, const Clock& clock) {
  ASSIGN_OR_RETURN(Workspace workspace,
                   Workspace::Make(server, RunNameKind::kClone, name, options.limits, clock));
  RETURN_IF_ERROR(HandOver(workspace, name));
  return Clone{.workspace = std::move(workspace), .origin = origin};
}

}  // namespace

Result<Clone> CloneTemplate(ScratchServer& server, const Options& options, const MigrationFiles& base,
                            const Clock& clock) {
  ASSIGN_OR_RETURN(const std::string digest, TemplateDigest(server, options, base));
  const std::string name = TemplateName(digest);
  const auto wait = options.limits.build_time + kPublishWait;
  TemplateOrigin origin = TemplateOrigin::kCached;
  while (true) {
    RETURN_IF_ERROR(server.LockShared(name, wait));
    ASSIGN_OR_RETURN(const bool there, server.HasDatabase(name));
    if (there) {
      NoteUse(server, name, base.migrations.size(), clock.Now());
      auto clone = MakeClone(server, options, name, origin, clock);
      server.UnlockShared(name);
      return clone;
    }
    server.UnlockShared(name);
    RETURN_IF_ERROR(server.Lock(name, wait));
    ASSIGN_OR_RETURN(const bool made, server.HasDatabase(name));
    const Status built = made ? Status() : Build(server, options, base, name, clock);
    server.Unlock(name);
    RETURN_IF_ERROR(built);
    origin = made ? TemplateOrigin::kCached : TemplateOrigin::kBuilt;
  }
}

Result<Clone> CloneGiven(ScratchServer& server, const Options& options, const Clock& clock) {
  ASSIGN_OR_RETURN(Workspace workspace, Workspace::Make(server, RunNameKind::kClone, options.given_template,
                                                        options.limits, clock));
  RETURN_IF_ERROR(Adopt(workspace));
  return Clone{.workspace = std::move(workspace), .origin = TemplateOrigin::kGiven};
}

}  // namespace paliad::scratch
