// `ledger runs|show|entries`: what auditors read.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

#include "base/json.h"
#include "base/text.h"
#include "controller/cli/command.h"
#include "controller/cli/ledger_admin.h"
#include "controller/cli/render.h"
#include "controller/store/queries.h"

namespace paliad::cli {
namespace {

constexpr std::int64_t kAllEntries = 1'000'000;

struct Flags {
  std::string run_id;
  std::string outcome;
  std::string kind;
  std::optional<std::int64_t> version;
  std::int64_t limit = 50;
};

std::optional<std::string> IfGiven(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

// The connection, or none where no run was ever made: an empty answer is an answer.
Result<std::optional<pg::Session>> OpenLedger(const Options& options) {
  ASSIGN_OR_RETURN(pg::Session session, pg::Session::Connect({.url = options.database}));
  ASSIGN_OR_RETURN(const bool found, store::HasLedger(session));
  if (!found) {
    return std::nullopt;
  }
  return std::optional<pg::Session>(std::move(session));
}

OrderedJson RunRowJson(const store::RunRow& run) {
  const auto or_null = [](const auto& value) { return value ? OrderedJson(*value) : OrderedJson(nullptr); };
  return {{"run_id", run.run_id},
          {"target", run.target},
          {"trigger", run.trigger},
          {"commit", run.commit},
          {"outcome", or_null(run.outcome)},
          {"started_at", run.started_at},
          {"finished_at", or_null(run.finished_at)},
          {"applied", run.applied},
          {"actor", run.actor},
          {"reason", run.reason.empty() ? OrderedJson(nullptr) : OrderedJson(run.reason)}};
}

OrderedJson EntryRowJson(const store::EntryRow& entry) {
  const Result<Json> leaf = ParseJson(entry.leaf);
  return {{"seq", entry.seq},
          {"leaf_hash", entry.leaf_hash},
          {"leaf", leaf ? OrderedJson::parse(entry.leaf) : OrderedJson(nullptr)}};
}

std::string RunRowText(const store::RunRow& run) {
  std::string text = fmt::format(
      "{}  {}  {:<11}  {:>4} applied  {}  {}\n", run.started_at.substr(0, 19) + "Z", run.run_id.substr(0, 8),
      run.outcome.value_or("running"), run.applied, run.commit.substr(0, 12), EscapeForTerminal(run.actor));
  if (!run.reason.empty()) {
    text += "    " + EscapeForTerminal(Truncate(run.reason, 180)) + "\n";
  }
  return text;
}

// "version=3 name=c": what the kind says, without what every entry has.
std::string Summary(const Json& leaf) {
  std::string text;
  for (const char* field : {"version", "name", "outcome", "was", "rule", "message", "reason", "actor",
                            "commit", "applied", "pending"}) {
    if (leaf.contains(field) && !leaf[field].is_null()) {
      const std::string value = leaf[field].is_string() ? leaf[field].get<std::string>() : leaf[field].dump();
      text += fmt::format(" {}={}", field, EscapeForTerminal(Truncate(value, 80)));
    }
  }
  return text;
}

std::string EntryRowText(const store::EntryRow& entry) {
  const Result<Json> leaf = ParseJson(entry.leaf);
  if (!leaf) {
    return fmt::format("{:>6}  (not JSON)\n", entry.seq);
  }
  return fmt::format("{:>6}  {}  {:<15} {}\n", entry.seq, leaf->value("at", "").substr(0, 19) + "Z",
                     leaf->value("kind", ""), Summary(*leaf));
}

Status AnswerRuns(const Options& options, const Flags& flags) {
  ASSIGN_OR_RETURN(auto session, OpenLedger(options));
  std::vector<store::RunRow> runs;
  if (session) {
    ASSIGN_OR_RETURN(runs,
                     store::ReadRuns(*session, {.outcome = IfGiven(flags.outcome), .limit = flags.limit}));
  }
  OrderedJson json = OrderedJson::array();
  std::string text;
  for (const store::RunRow& run : runs) {
    json.push_back(RunRowJson(run));
    text += RunRowText(run);
  }
  options.json() ? AnswerJson(json) : Answer(runs.empty() ? "no runs\n" : text);
  return {};
}

Status AnswerShow(const Options& options, const Flags& flags) {
  const auto not_found = [&](std::string cause) {
    return Fail({.kind = ErrorKind::kInvalidInput,
                 .doing = "show the run",
                 .subject = flags.run_id,
                 .cause = std::move(cause),
                 .hint = "`paliadctl ledger runs` lists them"});
  };
  ASSIGN_OR_RETURN(auto session, OpenLedger(options));
  if (!session) {
    return not_found("this database has no ledger");
  }
  ASSIGN_OR_RETURN(const auto runs, store::ReadRuns(*session, {.run_id = flags.run_id, .limit = 2}));
  if (runs.size() != 1) {
    return not_found(runs.empty() ? "there is no such run" : "several runs begin so");
  }
  ASSIGN_OR_RETURN(const auto entries,
                   store::ReadEntries(*session, {.run_id = runs.front().run_id, .limit = kAllEntries}));
  OrderedJson json = RunRowJson(runs.front());
  std::string text = RunRowText(runs.front());
  json["entries"] = OrderedJson::array();
  for (const store::EntryRow& entry : entries) {
    json["entries"].push_back(EntryRowJson(entry));
    text += EntryRowText(entry);
  }
  options.json() ? AnswerJson(json) : Answer(text);
  return {};
}

Status AnswerEntries(const Options& options, const Flags& flags) {
  ASSIGN_OR_RETURN(auto session, OpenLedger(options));
  std::vector<store::EntryRow> entries;
  if (session) {
    ASSIGN_OR_RETURN(entries, store::ReadEntries(*session, {.version = flags.version,
                                                            .kind = IfGiven(flags.kind),
                                                            .limit = flags.limit}));
  }
  OrderedJson json = OrderedJson::array();
  std::string text;
  for (const store::EntryRow& entry : entries) {
    json.push_back(EntryRowJson(entry));
    text += EntryRowText(entry);
  }
  options.json() ? AnswerJson(json) : Answer(entries.empty() ? "no entries\n" : text);
  return {};
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
    invocation.exit_code =
        answered ? kDone : AnswerError(invocation.options, answered.error(), ExitCodeFor(answered.error()));
  });
}

}  // namespace

void AddLedger(CLI::App& app, Invocation& invocation) {
  CLI::App* ledger = app.add_subcommand("ledger", "What was done, when, from which commit, with what result");
  ledger->require_subcommand(1);
  const auto flags = std::make_shared<Flags>();

  CLI::App* runs = ledger->add_subcommand("runs", "The runs, newest first");
  runs->add_option("--outcome", flags->outcome, "Only runs that ended so")
      ->check(CLI::IsMember({"in_sync", "applied", "rejected", "failed", "interrupted", "refused"}))
      ->type_name("OUTCOME");
  SetCallback(runs, invocation, flags, &AnswerRuns);

  CLI::App* show = ledger->add_subcommand("show", "One run with all of its entries");
  show->add_option("run", flags->run_id, "Its id, or the beginning of it")
      ->required()
      ->check([](const std::string& text) {
        return text.empty() ? std::string("an id must not be empty") : std::string();
      });
  SetCallback(show, invocation, flags, &AnswerShow);

  CLI::App* entries = ledger->add_subcommand("entries", "The newest entries, in the order of the log");
  entries->add_option("--version", flags->version, "Only of this migration")->type_name("VERSION");
  entries->add_option("--kind", flags->kind, "Only of this kind, such as applied or failed")
      ->type_name("KIND");
  SetCallback(entries, invocation, flags, &AnswerEntries);

  AddLedgerVerify(*ledger, invocation);
  AddLedgerCheckpoint(*ledger, invocation);
  AddLedgerProve(*ledger, invocation);
  AddLedgerExport(*ledger, invocation);
  AddLedgerIncarnate(*ledger, invocation);
  for (CLI::App* command : {runs, entries}) {
    command->add_option("--limit", flags->limit, "At most so many")
        ->check(CLI::Range(std::int64_t{1}, kAllEntries))
        ->type_name("N")
        ->capture_default_str();
  }
  AddLedgerAdministration(*ledger, invocation);
}

}  // namespace paliad::cli
