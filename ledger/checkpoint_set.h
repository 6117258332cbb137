// The checkpoints that somebody published, opened and compared with each other: what a log is verified
// against. A value.
#ifndef PALIAD_LEDGER_CHECKPOINT_SET_H_
#define PALIAD_LEDGER_CHECKPOINT_SET_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "ledger/checkpoint.h"
#include "ledger/problem.h"
#include "ledger/trusted_keys.h"

namespace paliad::ledger {

class CheckpointSet {
 public:
  struct Published {
    Sha256Digest root{};
    bool is_signed = false;  // by a trusted key
    std::string source;      // "file:/srv/checkpoints/latest": for people
  };

  // Opens the bytes of one checkpoint (OpenCheckpoint). What is wrong with it is added to `problems`, with
  // its source; kFork if there is one of its size and another root. Both are then only reported.
  void Add(std::string_view source, std::string_view bytes, std::string_view origin, const TrustedKeys& keys,
           Problems& problems);

  const std::map<std::uint64_t, Published>& by_size() const { return by_size_; }

 private:
  std::map<std::uint64_t, Published> by_size_;
};

}  // namespace paliad::ledger

#endif  // PALIAD_LEDGER_CHECKPOINT_SET_H_
