#include "controller/cli/dry_run.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <utility>

#include "base/duration.h"
#include "base/json.h"
#include "base/text.h"
#include "controller/cli/command.h"
#include "controller/cli/render.h"
#include "controller/scratch/lock_mode.h"

namespace paliad::cli {
namespace {

OrderedJson ReportJson(const scratch::MigrationReport& report) {
  OrderedJson locks = OrderedJson::array();
  for (const scratch::TableLock& lock : report.locks) {
    locks.push_back(
        {{"table", lock.table}, {"mode", LockModeName(lock.mode)}, {"blocks", Blocks(lock.mode)}});
  }
  OrderedJson rows = nullptr;
  if (report.rows) {
    rows = {{"inserted", report.rows->inserted},
            {"updated", report.rows->updated},
            {"deleted", report.rows->deleted}};
  }
  return {{"version", report.version},
          {"name", report.name},
          {"path", report.path},
          {"transactional", report.transactional},
          {"duration_ms", RoundedMilliseconds(report.duration)},
          {"locks", std::move(locks)},
          {"rewritten", report.rewritten},
          {"rows", std::move(rows)}};
}

std::string RowsText(const scratch::RowCounts& rows) {
  std::string text;
  for (const auto& [count, what] :
       {std::pair(rows.inserted, "inserted"), {rows.updated, "updated"}, {rows.deleted, "deleted"}}) {
    if (count > 0) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
    }
  }
  return text;
}

std::string ReportText(const scratch::MigrationReport& report) {
  std::string text =
      fmt::format("  {}  {}{}\n", EscapeForTerminal(Label(report.version, report.name)),
                  Milliseconds(report.duration), report.transactional ? "" : "  (not in a transaction)");
  for (const scratch::TableLock& lock : report.locks) {
    text += fmt::format("    locks     {}: {}, blocks {}\n", EscapeForTerminal(lock.table),
                        LockModeName(lock.mode), Blocks(lock.mode));
  }
  for (const std::string& table : report.rewritten) {
    text += fmt::format("    rewrites  {}\n", EscapeForTerminal(table));
  }
  if (report.rows) {
    if (const std::string rows = RowsText(*report.rows); !rows.empty()) {
      text += fmt::format("    rows      {}\n", rows);
    }
  }
  return text;
}

// "" or what is wrong. Strangers' SQL is never without a limit.
std::string IsPositiveDuration(const std::string& text) {
  std::string mistake = IsDuration(text);
  if (mistake.empty() && ParseDuration(text)->count() == 0) {
    mistake = "a dry run needs a limit";
  }
  return mistake;
}

}  // namespace

void AddScratchOptions(CLI::App& command, ScratchFlags& flags) {
  CLI::Option* scratch =
      command
          .add_option(
              "--scratch", flags.url,
              "A scratch server: pending migrations are tried in a database that is made there and dropped")
          ->envname("PALIAD_SCRATCH_URL")
          ->type_name("URL");
  command
      .add_option("--scratch-template", flags.given_template,
                  "A database there to clone, with the base set; default: one that is built from nothing")
      ->needs(scratch)
      ->type_name("NAME");
  command.add_option("--scratch-timeout", flags.timeout, "How long all pending migrations may take there")
      ->needs(scratch)
      ->check(IsPositiveDuration)
      ->type_name("DURATION")
      ->capture_default_str();
}

Result<std::optional<scratch::DryRun>> RunDryIfAsked(const ScratchFlags& flags, const Target& target,
                                                     const std::vector<Finding>& findings,
                                                     const scratch::MigrationFiles& base,
                                                     const scratch::MigrationFiles& pending,
                                                     const Clock& clock) {
  if (flags.url.empty() || HasErrors(findings)) {
    return std::nullopt;
  }
  scratch::Options options;
  options.url = flags.url;
  options.given_template = flags.given_template;
  options.target = target;
  ASSIGN_OR_RETURN(options.limits.run_time, ParseDuration(flags.timeout));
  ASSIGN_OR_RETURN(scratch::DryRun run, RunDry(options, base, pending, clock));
  return run;
}

OrderedJson DryRunJson(const std::optional<scratch::DryRun>& run) {
  if (!run) {
    return nullptr;
  }
  OrderedJson migrations = OrderedJson::array();
  for (const scratch::MigrationReport& report : run->migrations) {
    migrations.push_back(ReportJson(report));
  }
  return {{"ok", run->ok()},
          {"template", TemplateOriginName(run->origin)},
          {"base", run->base},
          {"migrations", std::move(migrations)},
          {"failed", run->failed ? FailureJson(*run->failed) : OrderedJson(nullptr)},
          {"temp_files_limited", run->temp_files_limited},
          {"warnings", run->warnings}};
}

std::string DryRunText(const scratch::DryRun& run, bool color) {
  std::string text =
      fmt::format("dry run: {} {} ({} template, base of {})\n", Count(run.migrations.size(), "migration"),
                  run.ok() ? "applied" : "applied before one failed", TemplateOriginName(run.origin),
                  Count(run.base, "migration"));
  for (const scratch::MigrationReport& report : run.migrations) {
    text += ReportText(report);
  }
  if (run.failed) {
    text += FailureText(*run.failed, color);
  }
  for (const std::string& warning : run.warnings) {
    text += fmt::format("warning: the scratch server was not cleaned up: {}\n", EscapeForTerminal(warning));
  }
  return text;
}

std::string DryRunMarkdown(const scratch::DryRun& run) {
  const std::string text = DryRunText(run, /*color=*/false);
  // A fence ends at the first line of as many backticks: https://spec.commonmark.org/0.30/#fenced-code-blocks
  std::string fence = "```";
  while (text.find(fence) != std::string::npos) {
    fence += '`';
  }
  return fmt::format("\n{}\n{}{}\n", fence, text, fence);
}

}  // namespace paliad::cli
