// `ledger verify`: is the ledger in the database the one that checkpoints were published of?
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "controller/audit/log_reader.h"
#include "controller/audit/verify_database.h"
#include "controller/cli/command.h"
#include "controller/cli/ledger_session.h"
#include "controller/publish/place.h"
#include "controller/store/catalog.h"
#include "ledger/note.h"
#include "ledger/report.h"

namespace paliad::cli {
namespace {

// Of one place. The newest one vouches for the whole tree; the others narrow down where it differs.
constexpr std::size_t kMostCheckpoints = 1'000;

struct Flags {
  std::string origin;
  std::vector<std::string> keys;
  std::vector<std::string> checkpoints;
};

// The flags of this command are the configuration's, named shorter.
Options WithFlags(Options options, const Flags& flags) {
  if (!flags.origin.empty()) {
    options.ledger.origin = flags.origin;
  }
  if (!flags.keys.empty()) {
    options.ledger.verifier_keys = flags.keys;
    options.ledger.signing_key_file.clear();  // who verifies with other keys does not sign
  }
  return options;
}

Result<std::vector<publish::PublishedNote>> ReadPublished(const publish::Places& places, const Flags& flags) {
  std::vector<publish::PublishedNote> published;
  for (const std::string& file : flags.checkpoints) {
    ASSIGN_OR_RETURN(std::string bytes, ReadSmallFile(file, ledger::kMaxNoteBytes));
    published.push_back({.source = file, .bytes = std::move(bytes)});
  }
  for (const auto& place : places) {
    ASSIGN_OR_RETURN(std::vector<publish::PublishedNote> notes, place->ReadAll(kMostCheckpoints));
    for (publish::PublishedNote& note : notes) {
      published.push_back(std::move(note));
    }
  }
  return published;
}

Result<int> RunVerify(const Invocation& invocation, const Flags& flags) {
  const Options options = WithFlags(invocation.options, flags);
  ASSIGN_OR_RETURN(LedgerSession ledger, OpenLedger(options));
  // Before the snapshot: a checkpoint that is published meanwhile would speak of entries that it lacks.
  ASSIGN_OR_RETURN(const auto published, ReadPublished(ledger.setup.places, flags));
  ASSIGN_OR_RETURN(const audit::LogReader log, audit::LogReader::Begin(ledger.session));
  ASSIGN_OR_RETURN(audit::Verification verification,
                   audit::VerifyDatabase(log, ledger.setup.identity, published));
  ASSIGN_OR_RETURN(const store::CatalogReport catalog, store::CompareCatalog(ledger.session));
  for (const ledger::Problem& problem : catalog.problems.list()) {
    verification.report.problems.Add(problem);
  }
  verification.notes.insert(verification.notes.end(), catalog.notes.begin(), catalog.notes.end());
  if (options.json()) {
    OrderedJson json = ledger::ReportJson(verification.report);
    json["notes"] = verification.notes;
    AnswerJson(json);
  } else {
    std::string text = ledger::ReportText(verification.report);
    for (const std::string& note : verification.notes) {
      text += fmt::format("note: {}\n", EscapeForTerminal(note));
    }
    Answer(text);
  }
  return verification.report.ok() ? kDone : kNotVerified;
}

}  // namespace

void AddLedgerVerify(CLI::App& ledger, Invocation& invocation) {
  CLI::App* command = ledger.add_subcommand(
      "verify", "Is the ledger the one that checkpoints were published of? Exit code 6 if not");
  const auto flags = std::make_shared<Flags>();
  command->add_option("--origin", flags->origin, "The ledger's name; default: the configured one")
      ->type_name("ORIGIN");
  command
      ->add_option(
          "--key", flags->keys,
          "A verifier key that you trust, 'VKEY [FROM [TO]]', several times; default: the configured ones")
      ->type_name("VKEY")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
  command
      ->add_option("--checkpoint", flags->checkpoints,
                   "A checkpoint that was published, beside those of the configured places; several times")
      ->type_name("FILE")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
  SetLedgerCallback(*command, invocation,
                    [flags](const Invocation& called) { return RunVerify(called, *flags); });
}

}  // namespace paliad::cli
