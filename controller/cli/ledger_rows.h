// Runs and entries of the ledger for programs: JSON and CSV. Public: fields and columns may be added at the
// end, never renamed or removed.
#ifndef PALIAD_CONTROLLER_CLI_LEDGER_ROWS_H_
#define PALIAD_CONTROLLER_CLI_LEDGER_ROWS_H_

#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "controller/store/queries.h"

namespace paliad::cli {

OrderedJson RunRowJson(const store::RunRow& run);
std::string RunsCsv(const std::vector<store::RunRow>& runs);

// {"seq":…,"leaf_hash":…,"leaf":{…}}
OrderedJson EntryRowJson(const store::EntryRow& entry);
std::string EntriesCsv(const std::vector<store::EntryRow>& entries);

}  // namespace paliad::cli

#endif  // PALIAD_CONTROLLER_CLI_LEDGER_ROWS_H_
