// A leaf read back: the fields that every entry has (ledger/entry.h) and what verification asks of some
// kinds. Values; pure.
#ifndef PALIAD_LEDGER_LEAF_H_
#define PALIAD_LEDGER_LEAF_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/sha256.h"
#include "ledger/problem.h"

namespace paliad::ledger {

using RunId = std::array<unsigned char, 16>;

// 36 characters, lower case.
std::optional<RunId> ParseRunId(std::string_view uuid);

struct Leaf {
  std::string kind;
  RunId run{};
  std::string run_text;  // "0b3c8f3e-…"
  std::int64_t ordinal = 0;
  std::string at;  // "2026-05-20T10:38:00.000000Z"
  std::string target;
  std::string tracker;
  std::string ledger;   // the genesis' UUID; "" in entries of older programs, which do not say
  std::string outcome;  // "" where there is none
  bool locked = true;   // a run_finished says so where its run did not have the lock
  std::vector<Sha256Digest>
      digests;  // every text in it that is 64 hex digits, at any depth: it may name a body
};

// kMalformed unless the bytes are canonical JSON, at most kMaxLeafBytes, an object with `at`, `format` (1),
// `kind`, `ordinal`, `run`, `target` and `tracker` in their forms, and with those of its kind: `version` a
// migration's number, `checksum` of an `applied` entry a digest, `outcome` of a `run_finished` one of the
// six; `ledger` is a UUID where there is one. Kinds and fields that this program does not know are accepted:
// a later controller may write them.
[[nodiscard]] Verified<Leaf> ParseLeaf(std::string_view bytes);

}  // namespace paliad::ledger

#endif  // PALIAD_LEDGER_LEAF_H_
