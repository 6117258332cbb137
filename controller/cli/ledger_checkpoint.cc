// `ledger checkpoint`: sign and publish now what is missing.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "base/json.h"
#include "base/text.h"
#include "controller/cli/anchoring.h"
#include "controller/cli/command.h"
#include "controller/cli/ledger_session.h"
#include "controller/publish/anchor.h"
#include "controller/store/proven_head.h"

namespace paliad::cli {
namespace {

Result<int> RunCheckpoint(const Invocation& invocation) {
  const Options& options = invocation.options;
  ASSIGN_OR_RETURN(LedgerSession ledger, OpenLedger(options));
  ASSIGN_OR_RETURN(const std::string genesis_hash, store::ReadGenesisHash(ledger.session));
  ASSIGN_OR_RETURN(
      const publish::Anchoring anchoring,
      AnchorTarget(ledger.session, ledger.target, ledger.setup, genesis_hash, Actor(), invocation.clock));
  if (options.json()) {
    OrderedJson json = AnchoringJson(anchoring);
    json["note"] = anchoring.note;
    AnswerJson(json);
  } else {
    Answer(anchoring.note);
  }
  std::fputs(AnchoringComplaints(anchoring, std::nullopt, options.UseColor(STDERR_FILENO)).c_str(), stderr);
  return anchoring.PublishedEverywhere() ? kDone : kFailed;
}

}  // namespace

void AddLedgerCheckpoint(CLI::App& ledger, Invocation& invocation) {
  CLI::App* command = ledger.add_subcommand(
      "checkpoint", "Sign the ledger as it is, publish it where it is not yet, print the checkpoint");
  SetLedgerCallback(*command, invocation, &RunCheckpoint);
}

}  // namespace paliad::cli
