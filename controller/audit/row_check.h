// One row of the log against its own leaf: columns repeat fields for the sake of queries, and may be edited
// where the leaf is not.
#ifndef PALIAD_CONTROLLER_AUDIT_ROW_CHECK_H_
#define PALIAD_CONTROLLER_AUDIT_ROW_CHECK_H_

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/sha256.h"
#include "controller/audit/log_reader.h"
#include "ledger/problem.h"

namespace paliad::audit {

// What a leaf says, as far as columns repeat it, and which bodies it may name.
struct LeafFields {
  std::array<std::optional<std::string>, kProjections.size()> values;  // as ->> has them in SQL
  std::vector<Sha256Digest> digests;                                   // every text of 64 hex digits
  std::vector<Sha256Digest> bodies;  // those in fields that are known to name a body

  const std::string& kind() const { return *values[kKindProjection]; }
};

// None if the leaf is not canonical JSON or has no kind: ParseLeaf says what is wrong with it.
std::optional<LeafFields> ReadLeafFields(const std::string& leaf);

// kProjection for each column that disagrees with the leaf.
void CheckColumns(const LogRow& row, const LeafFields& fields, ledger::Problems& problems);

}  // namespace paliad::audit

#endif  // PALIAD_CONTROLLER_AUDIT_ROW_CHECK_H_
