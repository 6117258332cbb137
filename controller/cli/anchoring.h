// How a checkpoint that was made, or not, is shown by the commands that make one.
#ifndef PALIAD_CONTROLLER_CLI_ANCHORING_H_
#define PALIAD_CONTROLLER_CLI_ANCHORING_H_

#include <optional>
#include <string>

#include "base/error.h"
#include "base/json_fwd.h"
#include "controller/publish/anchor.h"

namespace paliad::cli {

// {"size":12,"origin":"…","root":"<base64>","signed":true,
//  "published":[{"place":"file:/srv/c","ok":true,"error":null}]}
OrderedJson AnchoringJson(const publish::Anchoring& anchoring);

// "checkpoint: 12 entries, signed as db.example.com/app; published to file:/srv/c".
std::string AnchoringText(const publish::Anchoring& anchoring);

// For stderr: a warning for each place that could not be told, or the error for which none was made.
std::string AnchoringComplaints(const std::optional<publish::Anchoring>& anchoring,
                                const std::optional<Error>& error, bool color);

// `otherwise`, unless what was found weighs more: the ledger does not continue what was published, or the
// configuration is wrong. That a checkpoint could not be made or told to a place is made up for later.
int ExitCodeWith(const std::optional<Error>& anchoring_error, int otherwise);

}  // namespace paliad::cli

#endif  // PALIAD_CONTROLLER_CLI_ANCHORING_H_
