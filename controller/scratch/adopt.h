// Taking over a clone of a database that somebody keeps: its login gets what a role that runs migrations has,
// and the doors out of it are closed.
#ifndef PALIAD_CONTROLLER_SCRATCH_ADOPT_H_
#define PALIAD_CONTROLLER_SCRATCH_ADOPT_H_

#include "base/result.h"
#include "controller/scratch/workspace.h"

namespace paliad::scratch {

// Everything in it that is neither the system's nor an extension's comes to belong to the login; user
// mappings are dropped, foreign servers and the functions of extensions that connect elsewhere or write files
// are withdrawn from PUBLIC. kInvalidInput if the scratch server's role lacks the right to.
[[nodiscard]] Status Adopt(Workspace& workspace);

}  // namespace paliad::scratch

#endif  // PALIAD_CONTROLLER_SCRATCH_ADOPT_H_
