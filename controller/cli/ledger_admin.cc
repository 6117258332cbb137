#include "controller/cli/ledger_admin.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>

#include "base/duration.h"
#include "base/json.h"
#include "base/text.h"
#include "controller/reconcile/install.h"
#include "controller/reconcile/redact.h"
#include "controller/store/catalog.h"

namespace paliad::cli {
namespace {

struct Flags {
  std::string admin_url;
  std::string digest;
  std::string reason;
  std::string lock_wait = "60s";
};

OrderedJson InstallationJson(const Options& options, const Installation& installation) {
  return {{"target", options.target},
          {"database", installation.database},
          {"login", installation.login},
          {"owner", store::kOwnerRole},
          {"previous_owner", installation.previous_owner.empty() ? OrderedJson(nullptr)
                                                                 : OrderedJson(installation.previous_owner)},
          {"applied", installation.applied},
          {"code", installation.code},
          {"changes", installation.changes}};
}

std::string InstallationText(const Installation& installation) {
  std::string text;
  for (const std::string& file : installation.applied) {
    text += fmt::format("applied  {}\n", file);
  }
  for (const std::string& change : installation.changes) {
    text += fmt::format("changed  {}\n", EscapeForTerminal(change));
  }
  text += fmt::format("{} in database {}: it belongs to {}, and {} can only add to it\n",
                      text.empty() ? "nothing to do for the ledger" : "the ledger is installed",
                      EscapeForTerminal(installation.database), store::kOwnerRole,
                      EscapeForTerminal(installation.login));
  if (!installation.code) {
    text +=
        "no signing key is configured, so a migration could add entries of its own: make one with `paliadctl "
        "keygen`, "
        "and install again\n";
  }
  return text;
}

int RunInstall(const Invocation& invocation, const Flags& flags) {
  const Options& options = invocation.options;
  if (const auto missing = MissingDatabase(options)) {
    return AnswerError(options, *missing, kUsage);
  }
  const auto lock_wait = ParseDuration(flags.lock_wait);
  if (!lock_wait) {
    return AnswerError(options, lock_wait.error(), kUsage);
  }
  const Result<Target> target = MakeTarget(options);
  if (!target) {
    return AnswerError(options, target.error(), ExitCodeFor(target.error()));
  }
  const auto installation = InstallLedger(
      *target, {.admin_url = flags.admin_url, .actor = Actor(), .lock_wait = *lock_wait}, invocation.clock);
  if (!installation) {
    return AnswerError(options, installation.error(), ExitCodeFor(installation.error()));
  }
  options.json() ? AnswerJson(InstallationJson(options, *installation))
                 : Answer(InstallationText(*installation));
  return kDone;
}

int RunRedact(const Invocation& invocation, const Flags& flags) {
  const Options& options = invocation.options;
  if (const auto missing = MissingDatabase(options)) {
    return AnswerError(options, *missing, kUsage);
  }
  const Result<Target> target = MakeTarget(options);
  if (!target) {
    return AnswerError(options, target.error(), ExitCodeFor(target.error()));
  }
  const auto redaction = RedactBody(
      *target,
      {.digest = flags.digest, .reason = flags.reason, .actor = Actor(), .admin_url = flags.admin_url},
      invocation.clock);
  if (!redaction) {
    return AnswerError(options, redaction.error(), ExitCodeFor(redaction.error()));
  }
  if (redaction->objection) {
    return AnswerError(options, *redaction->objection, kUsage);
  }
  if (options.json()) {
    AnswerJson(OrderedJson{{"target", options.target},
                           {"digest", flags.digest},
                           {"bytes", redaction->bytes},
                           {"reason", flags.reason}});
  } else {
    Answer(fmt::format(
        "the body {} ({} bytes) is taken out; its digest stays, and every proof holds\n"
        "`VACUUM paliad_ledger.blob` frees what the disk still has of it; backups have their own copy\n",
        flags.digest, redaction->bytes));
  }
  return kDone;
}

std::string IsDigest(const std::string& text) {
  const bool is_hex = std::all_of(text.begin(), text.end(),
                                  [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  return is_hex && text.size() == 64 ? "" : "a digest has 64 hex digits, in lower case";
}

std::string IsNotBlank(const std::string& text) {
  return text.find_first_not_of(" \t\n") == std::string::npos ? "it must not be empty" : "";
}

}  // namespace

void AddLedgerAdministration(CLI::App& ledger, Invocation& invocation) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* install = ledger.add_subcommand(
      "install", "Give the ledger an owner of its own, so that migrations can only add to it; or upgrade it");
  install
      ->add_option("--as-admin", flags->admin_url,
                   "Who makes the roles: a superuser, or an owner of the database with CREATEROLE")
      ->required()
      ->envname("PALIAD_ADMIN_URL")
      ->check(IsNotBlank)
      ->type_name("URL");
  install->add_option("--lock-wait", flags->lock_wait, "How long to wait for somebody who uses the ledger")
      ->check(IsDuration)
      ->type_name("DURATION")
      ->capture_default_str();
  install->callback([&invocation, flags] { invocation.exit_code = RunInstall(invocation, *flags); });

  CLI::App* redact =
      ledger.add_subcommand("redact", "Take a body (SQL, output) out; proofs of its entry still hold");
  redact->add_option("digest", flags->digest, "The body's digest, as entries have it")
      ->required()
      ->check(IsDigest);
  redact->add_option("--reason", flags->reason, "For the auditor; recorded")
      ->required()
      ->check(IsNotBlank)
      ->type_name("TEXT");
  redact
      ->add_option(
          "--as-admin", flags->admin_url,
          "Who may: the administrator, where the ledger was installed; default: the target's own role")
      ->envname("PALIAD_ADMIN_URL")
      ->type_name("URL");
  redact->callback([&invocation, flags] { invocation.exit_code = RunRedact(invocation, *flags); });
}

}  // namespace paliad::cli
