#include "migrations/applied_set.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/sha256.h"

namespace paliad {
namespace {

template <class Row>
const Row* FindByVersion(const std::vector<Row>& rows, Version version) {
  const auto at = std::lower_bound(rows.begin(), rows.end(), version,
                                   [](const Row& row, Version v) { return row.version < v; });
  return at != rows.end() && at->version == version ? &*at : nullptr;
}

// Version, name, checksum, and their lengths.
constexpr std::size_t kBytesOfUsualRow = 120;

template <class Number>
void AppendNumber(std::string& to, Number number) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  to.append(digits.data(), end).append(" ");
}

}  // namespace

const AppliedMigration* AppliedSet::Find(Version version) const { return FindByVersion(rows, version); }

const RecordedMigration* AppliedSet::FindRecorded(Version version) const {
  return FindByVersion(recorded, version);
}

// Plain appending: a run over 10,000 rows spends more time in formatting than in hashing.
std::string AppliedSet::Digest() const {
  std::string bytes;
  bytes.reserve(rows.size() * kBytesOfUsualRow);
  for (const AppliedMigration& row : rows) {
    // The lengths keep two different sets from having the same bytes, whatever the names hold.
    AppendNumber(bytes, row.version);
    AppendNumber(bytes, row.name.size());
    bytes.append(row.name).append(" ");
    if (row.checksum) {
      AppendNumber(bytes, row.checksum->size());
      bytes.append(*row.checksum).append("\n");
    } else {
      bytes.append("null\n");
    }
  }
  return Sha256Hex(bytes);
}

}  // namespace paliad
