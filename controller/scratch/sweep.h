// Sweeping: what a killed run left behind, and templates that nobody uses any more. Never what belongs to a
// run that lives, which holds the lock of its name.
#ifndef PALIAD_CONTROLLER_SCRATCH_SWEEP_H_
#define PALIAD_CONTROLLER_SCRATCH_SWEEP_H_

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "controller/scratch/server.h"

namespace paliad::scratch {

// Databases and roles of runs that ended without dropping them. Only what belongs to this server's role.
// Returns what could not be dropped, and why, a line each.
[[nodiscard]] Result<std::vector<std::string>> SweepLeftovers(ScratchServer& server);

// Templates beyond the `keep` that were used last, and those not used since `oldest`.
[[nodiscard]] Result<std::vector<std::string>> SweepTemplates(ScratchServer& server, std::size_t keep,
                                                              WallTime oldest);

// The comment on a template, which says when it was last used:
// "paliad-gitops dry-run template; base 12; used 2026-05-20T10:38:00.000000Z".
std::string TemplateComment(std::size_t base, WallTime used);

// Writes the comment, once in an hour at most. Failing to is no matter: the template is made again some day.
void NoteUse(ScratchServer& server, const std::string& template_name, std::size_t base, WallTime now);

}  // namespace paliad::scratch

#endif  // PALIAD_CONTROLLER_SCRATCH_SWEEP_H_
