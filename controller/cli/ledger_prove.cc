// `ledger prove`: that one entry is in the log, for somebody who has only a checkpoint.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "base/json.h"
#include "base/text.h"
#include "controller/audit/log_reader.h"
#include "controller/audit/newest_checkpoint.h"
#include "controller/audit/prove.h"
#include "controller/cli/command.h"
#include "controller/cli/ledger_session.h"
#include "controller/cli/output_file.h"

namespace paliad::cli {
namespace {

struct Flags {
  std::int64_t seq = 0;
  std::string file;
};

Status WriteFile(const std::string& path, const std::string& bytes) {
  ASSIGN_OR_RETURN(OutputFile file, OutputFile::Open(path));
  file.stream() << bytes;
  return file.Commit();
}

Result<int> RunProve(const Invocation& invocation, const Flags& flags) {
  const Options& options = invocation.options;
  ASSIGN_OR_RETURN(LedgerSession ledger, OpenLedger(options));
  ASSIGN_OR_RETURN(const audit::LogReader log, audit::LogReader::Begin(ledger.session));
  ASSIGN_OR_RETURN(const audit::TrustedCheckpoint checkpoint,
                   audit::FindNewestCheckpoint(log, ledger.setup.identity, ledger.setup.places));
  ASSIGN_OR_RETURN(
      const audit::EntryProof proof,
      audit::ProveEntry(log, static_cast<std::uint64_t>(flags.seq), checkpoint, ledger.target.data_dir));
  if (!flags.file.empty()) {
    RETURN_IF_ERROR(WriteFile(flags.file, proof.proof));
    RETURN_IF_ERROR(WriteFile(flags.file + ".entry", proof.leaf));
  }
  if (options.json()) {
    AnswerJson(OrderedJson{{"seq", flags.seq},
                           {"leaf", proof.leaf},
                           {"proof", proof.proof},
                           {"checkpoint",
                            {{"size", checkpoint.checkpoint.size},
                             {"origin", checkpoint.checkpoint.origin},
                             {"signed", checkpoint.is_signed}}}});
  } else if (flags.file.empty()) {
    Answer(proof.proof);
  } else {
    Answer(fmt::format(
        "entry {} is in the checkpoint of {} entries, {}\n"
        "  proof  {}\n  entry  {}.entry\n"
        "  verify with: paliad-ledger-verify --proof {} --entry {}.entry --origin {} --key VKEY\n",
        flags.seq, checkpoint.checkpoint.size, EscapeForTerminal(checkpoint.source),
        EscapeForTerminal(flags.file), EscapeForTerminal(flags.file), EscapeForTerminal(flags.file),
        EscapeForTerminal(flags.file), EscapeForTerminal(checkpoint.checkpoint.origin)));
  }
  return kDone;
}

}  // namespace

void AddLedgerProve(CLI::App& ledger, Invocation& invocation) {
  CLI::App* command = ledger.add_subcommand(
      "prove", "That an entry is in the ledger, against the newest checkpoint that was published");
  const auto flags = std::make_shared<Flags>();
  command->add_option("seq", flags->seq, "The entry's number")->required()->check(CLI::NonNegativeNumber);
  command->add_option("--out", flags->file, "Write the proof there, and the entry's bytes to FILE.entry")
      ->type_name("FILE");
  SetLedgerCallback(*command, invocation,
                    [flags](const Invocation& called) { return RunProve(called, *flags); });
}

}  // namespace paliad::cli
