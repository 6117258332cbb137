#include "migrations/applied_set.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/sha256.h"

namespace paliad {
namespace {

template <class Row>
const Row* FindByVersion(const std::vector<Row>& rows, Version version) {
  const auto at = std::lower_bound(rows.begin(), rows.end(), version,
                                   [](const Row& row, Version v) { return row.version < v; });
  return at != rows.end() && at->version == version ? &*at : nullptr;
}

}  // namespace

const AppliedMigration* AppliedSet::Find(Version version) const { return FindByVersion(rows, version); }

const RecordedMigration* AppliedSet::FindRecorded(Version version) const {
  return FindByVersion(recorded, version);
}

std::string AppliedSet::Digest() const {
  std::string bytes;
  for (const AppliedMigration& row : rows) {
    // The lengths keep two different sets from having the same bytes, whatever the names hold.
    bytes += fmt::format("{} {} {} ", row.version, row.name.size(), row.name);
    bytes += row.checksum ? fmt::format("{} {}\n", row.checksum->size(), *row.checksum) : "null\n";
  }
  return Sha256Hex(bytes);
}

}  // namespace paliad
