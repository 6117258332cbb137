// What two targets must not share: a name, a tracker, a log's origin, a place of publication.
#ifndef PALIAD_CONTROLLER_CONFIG_TARGET_CONFLICTS_H_
#define PALIAD_CONTROLLER_CONFIG_TARGET_CONFLICTS_H_

#include <vector>

#include "base/toml_reader.h"
#include "controller/config/config.h"

namespace paliad::config {

// A target with the table that it was read from.
struct ReadTarget {
  TargetConfig config;
  const toml::table* table = nullptr;
};

// Reports each conflict at the later of the two. Two targets with the same database have one log between
// them, and so one origin and the same places; any other two share nothing.
void ReportConflicts(const std::vector<ReadTarget>& targets, TomlReader& toml);

}  // namespace paliad::config

#endif  // PALIAD_CONTROLLER_CONFIG_TARGET_CONFLICTS_H_
