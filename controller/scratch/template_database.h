// The cached template: a database with the tracker, the ledger and the base set, made once for each digest of
// them and cloned ever after.
#ifndef PALIAD_CONTROLLER_SCRATCH_TEMPLATE_DATABASE_H_
#define PALIAD_CONTROLLER_SCRATCH_TEMPLATE_DATABASE_H_

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "controller/scratch/dry_run.h"
#include "controller/scratch/server.h"
#include "controller/scratch/workspace.h"

namespace paliad::scratch {

struct Clone {
  Workspace workspace;
  TemplateOrigin origin = TemplateOrigin::kBuilt;
};

// A clone of the base set's template, which is made first where there is none; of several runs that need it,
// one makes it and the others wait. All that is in the clone belongs to its login. Errors as RunDry.
[[nodiscard]] Result<Clone> CloneTemplate(ScratchServer& server, const Options& options,
                                          const MigrationFiles& base, const Clock& clock);

// A clone of options.given_template, made safe for strangers' SQL (adopt.h).
[[nodiscard]] Result<Clone> CloneGiven(ScratchServer& server, const Options& options, const Clock& clock);

}  // namespace paliad::scratch

#endif  // PALIAD_CONTROLLER_SCRATCH_TEMPLATE_DATABASE_H_
