// Which keys may sign checkpoints of which sizes. A key that was rotated stays trusted for the trees that it
// signed and for no later one. The text form has one key a line:
//
//   line    = vkey [SP from [SP to]]     sizes from <= size < to; without them: any size
//   comment = "#" …                      as a line of its own; empty lines are allowed too
//
//   db.example.com/paliad+1f2e3d4c+AQ… 0 5000
//   db.example.com/paliad+7a6b5c4d+AQ… 5000
//
// Values; pure.
#ifndef PALIAD_LEDGER_TRUSTED_KEYS_H_
#define PALIAD_LEDGER_TRUSTED_KEYS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/note.h"
#include "ledger/problem.h"

namespace paliad::ledger {

struct TrustedKey {
  VerifierKey key;
  std::uint64_t from_size = 0;
  std::optional<std::uint64_t> to_size;  // none: no end

  bool Covers(std::uint64_t size) const { return size >= from_size && (!to_size || size < *to_size); }
};

class TrustedKeys {
 public:
  TrustedKeys() = default;

  // kInvalidInput names the line.
  [[nodiscard]] static Result<TrustedKeys> Parse(std::string_view text);

  // One line of the text form. kInvalidInput for a bad key or range, or another key of the same name and id;
  // nothing is added then. A key may be added twice, for two ranges.
  [[nodiscard]] Status Add(std::string_view line);
  void Add(TrustedKey key) { keys_.push_back(std::move(key)); }

  bool empty() const { return keys_.empty(); }
  const std::vector<TrustedKey>& keys() const { return keys_; }
  std::string Format() const;

  // The labels of the keys that signed the note and are trusted for a tree of that size; at least one.
  // kBadSignature as SignersOf, whatever the key's range; kUntrusted if there is none.
  [[nodiscard]] Verified<std::vector<std::string>> Check(const Note& note, std::uint64_t size) const;

 private:
  std::vector<TrustedKey> keys_;
};

}  // namespace paliad::ledger

#endif  // PALIAD_LEDGER_TRUSTED_KEYS_H_
