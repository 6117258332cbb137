// Runs and how long they took, as bars drawn on the server.
#ifndef PALIAD_CONTROLLER_SERVE_PAGES_CHART_H_
#define PALIAD_CONTROLLER_SERVE_PAGES_CHART_H_

#include <string>
#include <string_view>
#include <vector>

#include "controller/serve/records/records.h"

namespace paliad::serve {

// An <svg> element: a bar a run, the oldest on the left, its height the logarithm of its duration, its class
// the tone of its outcome, itself a link to the run. `runs` are newest first, as they are read.
std::string RunChart(std::string_view target, const std::vector<store::RunRow>& runs);

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_PAGES_CHART_H_
