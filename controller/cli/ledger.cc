// `ledger runs|show|migration|entries`: what auditors read.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "base/utc_time.h"
#include "controller/cli/anchoring.h"
#include "controller/cli/command.h"
#include "controller/cli/ledger_admin.h"
#include "controller/cli/ledger_rows.h"
#include "controller/cli/ledger_text.h"
#include "controller/store/queries.h"

namespace paliad::cli {
namespace {

constexpr std::int64_t kAllEntries = 1'000'000;

struct Flags {
  store::Filter filter;
  std::string run;
  bool sql = false;
};

// The connection, or none where no run was ever made: an empty answer is an answer.
Result<std::optional<pg::Session>> OpenLedger(const Options& options) {
  ASSIGN_OR_RETURN(pg::Session session,
                   pg::Session::Connect({.url = options.database, .search_path = pg::kOwnSearchPath}));
  // The login role's own time-outs may be anything; at a million entries compiling a query costs more than it
  // saves.
  RETURN_IF_ERROR(session.Run(session.settings_sql() + "SET jit = off;", "set up the connection"));
  ASSIGN_OR_RETURN(const bool found, store::HasLedger(session));
  if (!found) {
    return std::nullopt;
  }
  return std::optional<pg::Session>(std::move(session));
}

// What the flags say, for this target's tracker.
store::Filter FilterOf(const Options& options, const Flags& flags) {
  store::Filter filter = flags.filter;
  filter.tracker = options.tracker;
  if (options.config != nullptr || options.given.contains("--target")) {
    filter.target = options.target;
  }
  return filter;
}

template <class Row>
void AnswerLines(const std::vector<Row>& rows, OrderedJson (*to_json)(const Row&)) {
  std::string lines;
  for (const Row& row : rows) {
    lines += to_json(row).dump() + "\n";
  }
  Answer(lines);
}

template <class Row>
OrderedJson JsonOf(const std::vector<Row>& rows, OrderedJson (*to_json)(const Row&)) {
  OrderedJson json = OrderedJson::array();
  for (const Row& row : rows) {
    json.push_back(to_json(row));
  }
  return json;
}

// How to go on, for people: the flag with its value.
std::string MoreText(const std::string& flag, std::int64_t seq) {
  return fmt::format("… there are more: the same with {} {}\n", flag, seq);
}

Status AnswerRuns(const Options& options, const Flags& flags) {
  ASSIGN_OR_RETURN(auto session, OpenLedger(options));
  store::Page<store::RunRow> page;
  if (session) {
    ASSIGN_OR_RETURN(page, store::ReadRuns(*session, FilterOf(options, flags)));
  }
  if (options.json()) {
    AnswerJson(JsonOf(page.rows, &RunRowJson));
  } else if (options.output == "jsonl") {
    AnswerLines(page.rows, &RunRowJson);
  } else if (options.output == "csv") {
    Answer(RunsCsv(page.rows));
  } else {
    std::string text;
    for (const store::RunRow& run : page.rows) {
      text += RunRowText(run, options.UseColor(1));
    }
    if (page.more) {
      text += MoreText("--before", page.rows.back().seq);
    }
    Answer(page.rows.empty() ? "no runs\n" : text);
  }
  return {};
}

// The SQL that an entry speaks of, as lines below it; "" where it names none.
Result<std::string> SqlText(pg::Session& session, const store::EntryRow& entry) {
  const Result<Json> leaf = ParseJson(entry.leaf);
  const std::string digest = leaf && leaf->is_object() ? leaf->value("sql", "") : "";
  if (digest.empty()) {
    return "";
  }
  ASSIGN_OR_RETURN(const auto body, store::ReadBody(session, digest));
  return body ? *body : fmt::format("-- body {} is not there: it was redacted", digest);
}

std::string Indented(const std::string& sql) {
  std::string text;
  for (std::size_t at = 0; at < sql.size();) {
    const std::size_t end = std::min(sql.find('\n', at), sql.size());
    text += "            | " + EscapeForTerminal(sql.substr(at, end - at)) + "\n";
    at = end + 1;
  }
  return text;
}

// Entries in the format asked for; `json` gets them under "entries" and is the answer in JSON.
Status AnswerEntryRows(const Options& options, const Flags& flags, pg::Session& session,
                       const store::Page<store::EntryRow>& page, OrderedJson json, std::string text) {
  if (options.output == "jsonl") {
    AnswerLines(page.rows, &EntryRowJson);
    return {};
  }
  if (options.output == "csv") {
    Answer(EntriesCsv(page.rows));
    return {};
  }
  json["entries"] = OrderedJson::array();
  for (const store::EntryRow& entry : page.rows) {
    std::string sql;
    if (flags.sql) {
      ASSIGN_OR_RETURN(sql, SqlText(session, entry));
    }
    json["entries"].push_back(EntryRowJson(entry));
    if (!sql.empty()) {
      json["entries"].back()["sql_text"] = sql;
    }
    text += EntryRowText(entry, options.UseColor(1)) + Indented(sql);
  }
  if (page.more) {
    text += flags.filter.after ? MoreText("--after", page.rows.back().seq)
                               : MoreText("--before", page.rows.front().seq);
  }
  options.json() ? AnswerJson(json) : Answer(text);
  return {};
}

// Who approved what a run applied, where the forge told it after the run's end.
Status AddLateAttributions(pg::Session& session, const store::RunRow& run,
                           store::Page<store::EntryRow>& page) {
  ASSIGN_OR_RETURN(auto late, store::ReadEntries(session, {.target = run.target,
                                                           .since = run.started_at,
                                                           .kind = "attributed",
                                                           .limit = kAllEntries}));
  for (store::EntryRow& entry : late.rows) {
    const Result<Json> leaf = ParseJson(entry.leaf);
    if (leaf && leaf->value("of_run", "") == run.run_id && leaf->value("run", "") != run.run_id) {
      page.rows.push_back(std::move(entry));
    }
  }
  return {};
}

Status AnswerShow(const Options& options, const Flags& flags) {
  const auto not_found = [&](std::string cause) {
    return Fail({.kind = ErrorKind::kInvalidInput,
                 .doing = "show the run",
                 .subject = flags.run,
                 .cause = std::move(cause),
                 .hint = "`paliadctl ledger runs` lists them"});
  };
  ASSIGN_OR_RETURN(auto session, OpenLedger(options));
  if (!session) {
    return not_found("this database has no ledger");
  }
  ASSIGN_OR_RETURN(const auto runs, store::ReadRuns(*session, {.run_id = flags.run, .limit = 1}));
  if (runs.rows.empty() || runs.more) {
    return not_found(runs.rows.empty() ? "there is no such run" : "several runs begin so");
  }
  const store::RunRow& run = runs.rows.front();
  ASSIGN_OR_RETURN(auto page, store::ReadEntries(*session, {.run_id = run.run_id, .limit = kAllEntries}));
  RETURN_IF_ERROR(AddLateAttributions(*session, run, page));
  return AnswerEntryRows(options, flags, *session, page, RunRowJson(run),
                         RunRowText(run, options.UseColor(1)));
}

Status AnswerMigration(const Options& options, const Flags& flags) {
  ASSIGN_OR_RETURN(auto session, OpenLedger(options));
  store::Page<store::EntryRow> page;
  if (session) {
    ASSIGN_OR_RETURN(page, store::ReadEntries(*session, FilterOf(options, flags)));
  }
  OrderedJson json = {{"version", *flags.filter.version}, {"tracker", options.tracker}};
  if (page.rows.empty()) {
    json["entries"] = OrderedJson::array();
    const std::string none =
        fmt::format("no entry speaks of version {} of {}\n", *flags.filter.version, options.tracker);
    options.json()              ? AnswerJson(json)
    : options.output == "jsonl" ? Answer("")
    : options.output == "csv"   ? Answer(EntriesCsv({}))
                                : Answer(none);
    return {};
  }
  return AnswerEntryRows(options, flags, *session, page, std::move(json), "");
}

Status AnswerEntries(const Options& options, const Flags& flags) {
  ASSIGN_OR_RETURN(auto session, OpenLedger(options));
  store::Page<store::EntryRow> page;
  if (session) {
    ASSIGN_OR_RETURN(page, store::ReadEntries(*session, FilterOf(options, flags)));
  }
  if (options.json()) {
    AnswerJson(JsonOf(page.rows, &EntryRowJson));
    return {};
  }
  if (page.rows.empty() && options.output == "text") {
    Answer("no entries\n");
    return {};
  }
  return AnswerEntryRows(options, flags, *session, page, {}, "");
}

using Answerer = Status (*)(const Options&, const Flags&);

void SetCallback(CLI::App* command, Invocation& invocation, const std::shared_ptr<Flags>& flags,
                 Answerer answer) {
  command->callback([&invocation, flags, answer] {
    if (const auto missing = MissingDatabase(invocation.options)) {
      invocation.exit_code = AnswerError(invocation.options, *missing, kUsage);
      return;
    }
    const Status answered = answer(invocation.options, *flags);
    invocation.exit_code = answered
                               ? kDone
                               : AnswerError(invocation.options, answered.error(),
                                             ExitCodeWith(answered.error(), ExitCodeFor(answered.error())));
  });
}

// Hex digits, and dashes where they may be.
std::string IsBeginningOf(const std::string& text, std::string_view allowed, std::size_t most) {
  const bool good =
      !text.empty() && text.size() <= most && text.find_first_not_of(allowed) == std::string::npos;
  return good ? "" : "'" + text + "' is not the beginning of an id";
}

void AddTimeOption(CLI::App& command, const std::string& name, std::optional<std::string>& time,
                   const std::string& help) {
  command
      .add_option_function<std::string>(
          name,
          [&time, name](const std::string& text) {
            const Result<WallTime> parsed = ParseUtc(text);
            if (!parsed) {
              throw CLI::ValidationError(name, parsed.error().Message());
            }
            time = FormatUtc(*parsed);
          },
          help)
      ->type_name("TIME");
}

// The flags by which a list is chosen and paged.
void AddFilters(CLI::App& command, store::Filter& filter, bool of_entries) {
  AddTimeOption(command, "--since", filter.since, "Not before this: 2026-04-01, 2026-04-01T10:38:00Z");
  AddTimeOption(command, "--until", filter.until, "Before this, which itself is not in the range");
  command.add_option("--outcome", filter.outcome, "Only runs that ended so")
      ->check(CLI::IsMember({"in_sync", "applied", "rejected", "failed", "interrupted", "refused"}))
      ->type_name("OUTCOME");
  command.add_option("--commit", filter.commit, "Only of this commit; the beginning of its id is enough")
      ->check([](const std::string& text) { return IsBeginningOf(text, "0123456789abcdef", 40); })
      ->type_name("COMMIT");
  command
      .add_option("--author", filter.author, "Only of commits whose author's name or address has this in it")
      ->type_name("TEXT");
  command.add_option("--before", filter.before, "Only what is older than this entry: the next page")
      ->type_name("SEQ");
  command.add_option("--limit", filter.limit, "At most so many")
      ->check(CLI::Range(std::int64_t{1}, kAllEntries))
      ->type_name("N")
      ->capture_default_str();
  if (of_entries) {
    command.add_option("--after", filter.after, "The oldest first that are newer than this entry")
        ->type_name("SEQ");
    command.add_option("--kind", filter.kind, "Only of this kind, such as applied or failed")
        ->type_name("KIND");
  }
}

void AddVersion(CLI::App& command, const std::string& name, store::Filter& filter, const std::string& help) {
  command.add_option(name, filter.version, help)
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{2'147'483'647}))
      ->type_name("VERSION");
}

}  // namespace

void AddLedger(CLI::App& app, Invocation& invocation) {
  CLI::App* ledger = app.add_subcommand("ledger", "What was done, when, from which commit, with what result");
  ledger->require_subcommand(1);
  const auto flags = std::make_shared<Flags>();

  CLI::App* runs = ledger->add_subcommand("runs", "The runs, newest first");
  AddFilters(*runs, flags->filter, /*of_entries=*/false);
  AddVersion(*runs, "--version", flags->filter, "Only runs that say something of this migration");
  SetCallback(runs, invocation, flags, &AnswerRuns);

  CLI::App* show = ledger->add_subcommand("show", "One run with all of its entries");
  show->add_option("run", flags->run, "Its id, or the beginning of it")
      ->required()
      ->check([](const std::string& text) { return IsBeginningOf(text, "0123456789abcdef-", 36); });
  SetCallback(show, invocation, flags, &AnswerShow);

  CLI::App* migration =
      ledger->add_subcommand("migration", "The history of one migration: attempts, failures, decisions");
  AddVersion(*migration, "version", flags->filter, "Its number");
  migration->get_option("version")->required();
  AddFilters(*migration, flags->filter, /*of_entries=*/true);
  SetCallback(migration, invocation, flags, &AnswerMigration);

  CLI::App* entries = ledger->add_subcommand("entries", "The newest entries, in the order of the log");
  AddFilters(*entries, flags->filter, /*of_entries=*/true);
  AddVersion(*entries, "--version", flags->filter, "Only of this migration");
  SetCallback(entries, invocation, flags, &AnswerEntries);

  for (CLI::App* command : {show, migration, entries}) {
    command->add_flag("--sql", flags->sql, "With the SQL that was run");
  }
  AddLedgerVerify(*ledger, invocation);
  AddLedgerCheckpoint(*ledger, invocation);
  AddLedgerProve(*ledger, invocation);
  AddLedgerExport(*ledger, invocation);
  AddLedgerIncarnate(*ledger, invocation);
  AddLedgerAdministration(*ledger, invocation);
}

}  // namespace paliad::cli
