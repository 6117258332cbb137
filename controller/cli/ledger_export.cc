// `ledger export`: entries to take away, with what proves them.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "base/utc_time.h"
#include "controller/audit/export.h"
#include "controller/audit/log_reader.h"
#include "controller/audit/newest_checkpoint.h"
#include "controller/cli/command.h"
#include "controller/cli/ledger_session.h"
#include "controller/cli/output_file.h"
#include "ledger/bundle_format.h"
#include "ledger/note.h"

namespace paliad::cli {
namespace {

struct Flags {
  std::string since;
  std::string until;
  std::string file;
  std::vector<std::string> checkpoints;
};

std::string IsTime(const std::string& text) {
  const auto time = ParseUtc(text);
  return time ? "" : fmt::format("{}; {}", time.error().cause, time.error().hint);
}

std::string Bound(const std::string& text) { return text.empty() ? "" : FormatUtc(*ParseUtc(text)); }

// Checkpoints that the auditor has from before, smallest first.
Result<std::vector<audit::TrustedCheckpoint>> ReadEarlier(const Flags& flags,
                                                          const publish::LogIdentity& identity) {
  std::vector<audit::TrustedCheckpoint> earlier;
  for (const std::string& file : flags.checkpoints) {
    ASSIGN_OR_RETURN(std::string note, ReadSmallFile(file, ledger::kMaxNoteBytes));
    const auto opened = ledger::OpenCheckpoint(note, identity.origin, identity.trusted);
    if (!opened) {
      return Fail({.kind = ErrorKind::kInvalidInput,
                   .doing = "use the checkpoint",
                   .subject = file,
                   .cause = opened.error().detail,
                   .hint = ""});
    }
    earlier.push_back({.checkpoint = opened->checkpoint,
                       .note = std::move(note),
                       .is_signed = !opened->signers.empty(),
                       .source = file});
  }
  std::sort(earlier.begin(), earlier.end(),
            [](const auto& a, const auto& b) { return a.checkpoint.size < b.checkpoint.size; });
  return earlier;
}

// What was exported, for people and scripts; never in the file itself, where nothing would vouch for it.
struct Summary {
  std::string format;
  std::uint64_t entries = 0;  // in the file
  std::uint64_t size = 0;     // of the log
  std::uint64_t first = 0;
  std::uint64_t end = 0;
  std::uint64_t left_out = 0;  // of the range, not covered by the checkpoint
  std::optional<audit::TrustedCheckpoint> checkpoint;
};

class Export {
 public:
  Export(const audit::LogReader& log, LedgerSession& ledger, const Flags& flags, std::string format)
      : log_(log), ledger_(ledger), flags_(flags), format_(std::move(format)) {}

  Result<Summary> Run(std::ostream& target) {
    const audit::TimeRange range = {.since = Bound(flags_.since), .until = Bound(flags_.until)};
    auto checkpoint = audit::FindNewestCheckpoint(log_, ledger_.setup.identity, ledger_.setup.places);
    if (!checkpoint && (format_ == "bundle" || checkpoint.error().kind != ErrorKind::kInvalidInput)) {
      return Fail(checkpoint.error());
    }
    ASSIGN_OR_RETURN(audit::Selection selection,
                     audit::Select(log_, range, checkpoint ? &*checkpoint : nullptr));
    Summary summary{.format = format_, .entries = selection.matching, .size = selection.size};
    if (checkpoint) {
      summary.checkpoint = *checkpoint;
    }
    if (format_ == "bundle") {
      const std::uint64_t covered = checkpoint->checkpoint.size;
      summary.left_out = selection.end > covered ? selection.end - std::max(selection.first, covered) : 0;
      selection.end = std::min(selection.end, covered);
      selection.first = std::min(selection.first, selection.end);
      summary.entries = selection.end - selection.first;
      summary.size = covered;
      ASSIGN_OR_RETURN(std::vector<audit::TrustedCheckpoint> earlier,
                       ReadEarlier(flags_, ledger_.setup.identity));
      std::erase_if(earlier, [&](const auto& one) { return one.checkpoint.size >= covered; });
      RETURN_IF_ERROR(audit::ExportBundle(log_, selection, *checkpoint, earlier, target));
    } else {
      RETURN_IF_ERROR(format_ == "csv" ? audit::ExportCsv(log_, selection, range, target)
                                       : audit::ExportJsonl(log_, selection, range, target));
    }
    summary.first = selection.first;
    summary.end = selection.end;
    return summary;
  }

 private:
  const audit::LogReader& log_;
  LedgerSession& ledger_;
  const Flags& flags_;
  const std::string format_;
};

std::string SummaryText(const Summary& summary, const std::string& file) {
  std::string text = fmt::format("{} of {} entries", summary.entries, summary.size);
  if (summary.entries > 0) {
    text += fmt::format(" ({} to {})", summary.first, summary.end - 1);
  }
  text += fmt::format(" as {} to {}\n", summary.format, EscapeForTerminal(file));
  if (summary.checkpoint) {
    text += fmt::format("checkpoint: {} entries, {}, {}\n", summary.checkpoint->checkpoint.size,
                        summary.checkpoint->is_signed ? "signed" : "not signed",
                        EscapeForTerminal(summary.checkpoint->source));
  } else {
    text += "no checkpoint: nothing vouches for this\n";
  }
  if (summary.left_out > 0) {
    text += fmt::format(
        "{} entries of the range are newer than the checkpoint and left out; "
        "`paliadctl ledger checkpoint` makes a newer one\n",
        summary.left_out);
  }
  return text;
}

OrderedJson SummaryJson(const Summary& summary, const std::string& file) {
  OrderedJson checkpoint = nullptr;
  if (summary.checkpoint) {
    checkpoint = {{"size", summary.checkpoint->checkpoint.size},
                  {"origin", summary.checkpoint->checkpoint.origin},
                  {"signed", summary.checkpoint->is_signed}};
  }
  return {{"file", file},
          {"format", summary.format},
          {"entries", summary.entries},
          {"size", summary.size},
          {"first", summary.first},
          {"end", summary.end},
          {"left_out", summary.left_out},
          {"checkpoint", std::move(checkpoint)}};
}

Result<int> RunExport(const Invocation& invocation, const Flags& flags) {
  const Options& options = invocation.options;
  const std::string format = options.output == "text" || options.output == "json" ? "bundle" : options.output;
  ASSIGN_OR_RETURN(LedgerSession ledger, OpenLedger(options));
  ASSIGN_OR_RETURN(const audit::LogReader log, audit::LogReader::Begin(ledger.session));
  Export work(log, ledger, flags, format);
  if (flags.file == "-") {
    ASSIGN_OR_RETURN(const Summary summary, work.Run(std::cout));
    std::cout.flush();
    std::fputs(SummaryText(summary, "standard output").c_str(), stderr);
    return kDone;
  }
  ASSIGN_OR_RETURN(OutputFile file, OutputFile::Open(flags.file));
  ASSIGN_OR_RETURN(const Summary summary, work.Run(file.stream()));
  RETURN_IF_ERROR(file.Commit());
  if (options.json()) {
    AnswerJson(SummaryJson(summary, flags.file));
  } else {
    Answer(SummaryText(summary, flags.file));
  }
  return kDone;
}

}  // namespace

void AddLedgerExport(CLI::App& ledger, Invocation& invocation) {
  CLI::App* command = ledger.add_subcommand(
      "export", "Entries to take away: -o bundle (with proofs; the default), jsonl (exact leaves) or csv");
  command->footer("`paliad-ledger-verify FILE` verifies a bundle without the database.");
  const auto flags = std::make_shared<Flags>();
  command->add_option("--since", flags->since, "Entries from then on: 2026-04-01, 2026-04-01T10:38:00Z")
      ->check(IsTime)
      ->type_name("TIME");
  command->add_option("--until", flags->until, "Entries before then")->check(IsTime)->type_name("TIME");
  command->add_option("--out", flags->file, "The file to write; '-': standard output")
      ->required()
      ->type_name("FILE");
  command
      ->add_option(
          "--checkpoint", flags->checkpoints,
          "An earlier checkpoint, which the bundle is to prove itself a continuation of; several times")
      ->type_name("FILE")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
  SetLedgerCallback(*command, invocation,
                    [flags](const Invocation& called) { return RunExport(called, *flags); });
}

}  // namespace paliad::cli
