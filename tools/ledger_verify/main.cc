// paliad-ledger-verify: does an exported ledger, or the proof of one entry, hold? Flags, files, exit code.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <istream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/text.h"
#include "ledger/checkpoint_set.h"
#include "ledger/entry.h"
#include "ledger/note.h"
#include "ledger/problem.h"
#include "ledger/report.h"
#include "ledger/trusted_keys.h"
#include "ledger/verify_bundle.h"

namespace paliad {
namespace {

// Public; the same as paliadctl's.
enum ExitCode { kVerified = 0, kFailed = 1, kUsage = 2, kNotVerified = 6 };

constexpr char kDescription[] =
    "Verifies a bundle that `paliadctl ledger export -o bundle` wrote, or the proof of one entry that\n"
    "`paliadctl ledger prove` wrote, with nothing but the file, the log's origin and its verifier key.\n\n"
    "  paliad-ledger-verify BUNDLE --origin db.example.com/paliad --key VKEY\n"
    "  paliad-ledger-verify --proof 12.tlog-proof --entry 12.json --origin db.example.com/paliad --key VKEY";

constexpr char kFooter[] =
    "A key that was rotated is trusted for the trees that it signed: --key 'VKEY FROM TO' (FROM <= size < "
    "TO).\n\n"
    "Exit codes: 0 it verifies; 1 a file could not be read; 2 wrong usage; 6 it does not verify";

constexpr std::size_t kMaxSmallFile = std::size_t{1} << 20;  // proofs, checkpoints, keys

struct Options {
  std::string bundle;
  std::string proof;
  std::string entry;
  std::string origin;
  std::vector<std::string> keys;
  std::string keys_file;
  std::vector<std::string> checkpoints;
  std::string output = "text";
};

void Print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

int Answer(const Options& options, const ledger::Report& report) {
  Print(options.output == "json" ? DumpJson(ledger::ReportJson(report)) + "\n" : ledger::ReportText(report));
  return report.ok() ? kVerified : kNotVerified;
}

int AnswerError(const Options& options, const Error& error, int code) {
  if (options.output == "json") {
    const OrderedJson json = {
        {"error", {{"kind", ErrorKindName(error.kind)}, {"message", error.Message()}, {"hint", error.hint}}}};
    Print(DumpJson(json) + "\n");
  } else {
    const std::string text =
        fmt::format("paliad-ledger-verify: {}\n", EscapeForTerminal(error.Message(), true)) +
        (error.hint.empty() ? "" : EscapeForTerminal(error.hint) + "\n");
    std::fwrite(text.data(), 1, text.size(), stderr);
  }
  return code;
}

Error UsageMistake(std::string cause) {
  return {.kind = ErrorKind::kInvalidInput,
          .doing = "understand the command line",
          .subject = "",
          .cause = std::move(cause),
          .hint = "`paliad-ledger-verify --help` says what it takes"};
}

Error CannotRead(const std::string& file, std::string cause) {
  return {.kind = ErrorKind::kUnavailable,
          .doing = "read",
          .subject = file,
          .cause = std::move(cause),
          .hint = ""};
}

// At most kMaxSmallFile and one byte: what is longer is malformed whatever follows.
Result<std::string> ReadSmallFile(const std::string& file) {
  std::ifstream source(file, std::ios::binary);
  if (!source) {
    return Fail(CannotRead(file, std::strerror(errno)));
  }
  std::string bytes(kMaxSmallFile + 1, '\0');
  source.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (source.bad()) {
    return Fail(CannotRead(file, "it is not a file that can be read"));
  }
  bytes.resize(static_cast<std::size_t>(source.gcount()));
  return bytes;
}

// kUnavailable: the file of keys could not be read; kInvalidInput: a key is none.
Result<ledger::TrustedKeys> ReadKeys(const Options& options) {
  ledger::TrustedKeys keys;
  if (!options.keys_file.empty()) {
    ASSIGN_OR_RETURN(const std::string text, ReadSmallFile(options.keys_file));
    ASSIGN_OR_RETURN(keys, ledger::TrustedKeys::Parse(text));
  }
  for (const std::string& line : options.keys) {
    RETURN_IF_ERROR(keys.Add(line));
  }
  if (keys.empty()) {
    return Fail(UsageMistake("--key is required: without a key that you trust, nothing can be verified"));
  }
  return keys;
}

Result<ledger::Report> CheckProof(const Options& options, const ledger::TrustedKeys& keys) {
  ASSIGN_OR_RETURN(const std::string proof, ReadSmallFile(options.proof));
  ASSIGN_OR_RETURN(const std::string entry, ReadSmallFile(options.entry));
  // A leaf never ends in a newline, and a file that was made of one line of JSONL does.
  std::string_view leaf = entry;
  if (leaf.ends_with('\n')) {
    leaf.remove_suffix(1);
  }
  return ledger::VerifyEntryProof(proof, leaf, options.origin, keys);
}

Result<ledger::Report> CheckBundle(const Options& options, const ledger::TrustedKeys& keys) {
  ledger::CheckpointSet published;
  ledger::Problems problems;
  for (const std::string& file : options.checkpoints) {
    ASSIGN_OR_RETURN(const std::string bytes, ReadSmallFile(file));
    published.Add(file, bytes, options.origin, keys, problems);
  }
  std::ifstream file;
  if (options.bundle != "-") {
    file.open(options.bundle, std::ios::binary);
    if (!file) {
      return Fail(CannotRead(options.bundle, std::strerror(errno)));
    }
  }
  std::istream& source = options.bundle == "-" ? std::cin : file;
  ledger::Report report = ledger::VerifyBundle(source, options.origin, keys, published, std::move(problems));
  if (source.bad()) {
    return Fail(CannotRead(options.bundle, "it is not a file that can be read to its end"));
  }
  return report;
}

void AddOptions(CLI::App& app, Options& options) {
  app.add_option("bundle", options.bundle, "The bundle; '-': standard input")->type_name("BUNDLE");
  app.add_option("--origin", options.origin, "The log's name, which its checkpoints begin with")
      ->type_name("ORIGIN")
      ->required();
  app.add_option("--key", options.keys, "A verifier key that you trust; may be given several times")
      ->type_name("VKEY")
      ->allow_extra_args(false);
  app.add_option("--keys", options.keys_file, "A file of such keys, one a line")->type_name("FILE");
  app.add_option(
         "--checkpoint", options.checkpoints,
         "A checkpoint that was published, which the bundle has to agree with; may be given several times")
      ->type_name("FILE")
      ->allow_extra_args(false);
  CLI::Option* proof = app.add_option("--proof", options.proof, "The proof of one entry")->type_name("FILE");
  CLI::Option* entry = app.add_option("--entry", options.entry, "That entry's bytes")->type_name("FILE");
  proof->needs(entry);
  entry->needs(proof);
  app.add_option("-o,--output", options.output, "How to answer")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("text|json")
      ->capture_default_str();
}

// The flags could not be parsed, so this is asked of the words themselves.
bool AsksForJson(const std::vector<std::string_view>& words) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] == "-ojson" || words[i] == "--output=json" ||
        (words[i] == "json" && (words[i - 1] == "-o" || words[i - 1] == "--output"))) {
      return true;
    }
  }
  return false;
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app(kDescription, "paliad-ledger-verify");
  app.footer(kFooter);
  AddOptions(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help
    return app.exit(asked);
  } catch (const CLI::ParseError& mistake) {
    options.output = AsksForJson({argv, argv + argc}) ? "json" : "text";
    return AnswerError(options, UsageMistake(mistake.what()), kUsage);
  }
  if (options.bundle.empty() == options.proof.empty()) {
    return AnswerError(options, UsageMistake("give either a BUNDLE, or --proof and --entry"), kUsage);
  }
  if (!options.proof.empty() && !options.checkpoints.empty()) {
    return AnswerError(options, UsageMistake("--checkpoint goes with a BUNDLE"), kUsage);
  }
  const auto keys = ReadKeys(options);
  if (!keys) {
    return AnswerError(options, keys.error(),
                       keys.error().kind == ErrorKind::kInvalidInput ? kUsage : kFailed);
  }
  const auto report = options.proof.empty() ? CheckBundle(options, *keys) : CheckProof(options, *keys);
  return report ? Answer(options, *report) : AnswerError(options, report.error(), kFailed);
}

}  // namespace
}  // namespace paliad

int main(int argc, char** argv) {
  try {
    return paliad::Main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "paliad-ledger-verify: %s\n", error.what());
    return 1;
  }
}
