// What the commands on a ledger's evidence have in common.
#ifndef PALIAD_CONTROLLER_CLI_LEDGER_SESSION_H_
#define PALIAD_CONTROLLER_CLI_LEDGER_SESSION_H_

#include <functional>
#include <string>

#include "base/result.h"
#include "controller/cli/command.h"
#include "controller/postgres/session.h"
#include "controller/reconcile/anchor_target.h"
#include "controller/reconcile/target.h"

namespace CLI {
class App;
}  // namespace CLI

namespace paliad::cli {

// An open database with a ledger, and what the configuration says of it.
struct LedgerSession {
  Target target;
  LogSetup setup;
  pg::Session session;
};

// kInvalidInput where the database has no ledger yet, besides what connecting and the configuration return.
[[nodiscard]] Result<LedgerSession> OpenLedger(const Options& options);

// The callback of a command that answers by itself and returns its exit code; an Error is shown, with the
// exit code that its kind has here.
using LedgerCommand = std::function<Result<int>(const Invocation&)>;
void SetLedgerCallback(CLI::App& command, Invocation& invocation, LedgerCommand run);

// At most `most` bytes of a file. kInvalidInput.
[[nodiscard]] Result<std::string> ReadSmallFile(const std::string& path, std::size_t most);

}  // namespace paliad::cli

#endif  // PALIAD_CONTROLLER_CLI_LEDGER_SESSION_H_
