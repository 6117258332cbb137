// The API's JSON: the shapes of the command line (controller/cli/render.h), with more beside them. Public:
// fields may be added, never renamed or removed; openapi.json describes them.
#ifndef PALIAD_CONTROLLER_SERVE_API_SHAPES_H_
#define PALIAD_CONTROLLER_SERVE_API_SHAPES_H_

#include "base/json_fwd.h"
#include "controller/serve/control.h"
#include "controller/serve/records/records.h"

namespace paliad::serve {

OrderedJson TargetJson(const TargetSnapshot& snapshot);
OrderedJson RunJson(const store::RunRow& run);
OrderedJson EntryJson(const store::EntryRow& entry);
OrderedJson MigrationJson(const MigrationRecord& migration);
OrderedJson ProofJson(const ProofRecord& proof);

// {"ok":…,"last_success":…,"error":…}
OrderedJson ReachabilityJson(const Reachability& reachability);

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_API_SHAPES_H_
