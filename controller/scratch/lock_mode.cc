#include "controller/scratch/lock_mode.h"

#include <array>

namespace paliad::scratch {
namespace {

constexpr std::array<std::string_view, 8> kNames = {
    "AccessShareLock", "RowShareLock",          "RowExclusiveLock", "ShareUpdateExclusiveLock",
    "ShareLock",       "ShareRowExclusiveLock", "ExclusiveLock",    "AccessExclusiveLock"};

}  // namespace

std::string_view LockModeName(LockMode mode) { return kNames.at(static_cast<std::size_t>(mode)); }

std::optional<LockMode> ParseLockMode(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames.at(i) == name) {
      return static_cast<LockMode>(i);
    }
  }
  return std::nullopt;
}

std::string_view Blocks(LockMode mode) {
  switch (mode) {
    case LockMode::kAccessShare:
    case LockMode::kRowShare:
    case LockMode::kRowExclusive:
    case LockMode::kShareUpdateExclusive:
      return "schema changes";
    case LockMode::kShare:
    case LockMode::kShareRowExclusive:
    case LockMode::kExclusive:
      return "writes";
    case LockMode::kAccessExclusive:
      return "reads and writes";
  }
  return "";
}

}  // namespace paliad::scratch
