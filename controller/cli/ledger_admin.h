// `ledger install` and `ledger redact`: what only an administrator does.
#ifndef PALIAD_CONTROLLER_CLI_LEDGER_ADMIN_H_
#define PALIAD_CONTROLLER_CLI_LEDGER_ADMIN_H_

#include "controller/cli/command.h"

namespace paliad::cli {

// Adds the two to the command `ledger`.
void AddLedgerAdministration(CLI::App& ledger, Invocation& invocation);

}  // namespace paliad::cli

#endif  // PALIAD_CONTROLLER_CLI_LEDGER_ADMIN_H_
