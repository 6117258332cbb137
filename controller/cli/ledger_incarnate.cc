// `ledger incarnate`: after a restore from backup, the log goes on under a new origin.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "base/json.h"
#include "base/text.h"
#include "controller/cli/anchoring.h"
#include "controller/cli/command.h"
#include "controller/cli/ledger_session.h"
#include "controller/publish/incarnate.h"
#include "controller/store/proven_head.h"

namespace paliad::cli {
namespace {

struct Flags {
  std::string reason;
};

Result<int> RunIncarnate(const Invocation& invocation, const Flags& flags) {
  const Options& options = invocation.options;
  ASSIGN_OR_RETURN(LedgerSession ledger, OpenLedger(options));
  ASSIGN_OR_RETURN(const std::string genesis_hash, store::ReadGenesisHash(ledger.session));
  ASSIGN_OR_RETURN(
      const publish::Incarnation incarnation,
      publish::Incarnate(ledger.session, ledger.setup.identity, ledger.setup.places,
                         {.cache = {.folder = ledger.target.data_dir, .genesis_hash = genesis_hash},
                          .target = ledger.target.name,
                          .actor = Actor()},
                         flags.reason, invocation.clock));
  ASSIGN_OR_RETURN(
      const publish::Anchoring anchoring,
      AnchorTarget(ledger.session, ledger.target, ledger.setup, genesis_hash, Actor(), invocation.clock));
  if (options.json()) {
    AnswerJson(OrderedJson{{"origin", incarnation.origin},
                           {"previous_origin", incarnation.previous_origin},
                           {"published_size", incarnation.published_size},
                           {"agreed_size", incarnation.agreed_size},
                           {"reason", flags.reason},
                           {"checkpoint", AnchoringJson(anchoring)}});
  } else {
    Answer(fmt::format(
        "the ledger goes on as {} after {}, of which {} entries were published and {} are still here\n{}",
        EscapeForTerminal(incarnation.origin), EscapeForTerminal(incarnation.previous_origin),
        incarnation.published_size, incarnation.agreed_size, AnchoringText(anchoring)));
  }
  std::fputs(AnchoringComplaints(anchoring, std::nullopt, options.UseColor(STDERR_FILENO)).c_str(), stderr);
  return anchoring.PublishedEverywhere() ? kDone : kFailed;
}

}  // namespace

void AddLedgerIncarnate(CLI::App& ledger, Invocation& invocation) {
  CLI::App* command = ledger.add_subcommand(
      "incarnate", "After a restore from backup: go on under a new origin, and record why");
  command->footer(
      "Choose the new origin first (--ledger-origin, or `origin` in the configuration). The checkpoints of "
      "the old one stay where they are.");
  const auto flags = std::make_shared<Flags>();
  command->add_option("--reason", flags->reason, "For the auditor; recorded")
      ->required()
      ->type_name("TEXT")
      ->check([](const std::string& text) {
        return text.find_first_not_of(" \t\n") == std::string::npos
                   ? std::string("a reason must not be empty")
                   : std::string();
      });
  SetLedgerCallback(*command, invocation,
                    [flags](const Invocation& called) { return RunIncarnate(called, *flags); });
}

}  // namespace paliad::cli
