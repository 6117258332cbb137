// A set of run ids in 16 bytes each, and as much again while it grows: half a million runs are the bulk of
// what the verification of a million entries holds in memory.
#ifndef PALIAD_LEDGER_RUN_SET_H_
#define PALIAD_LEDGER_RUN_SET_H_

#include <cstddef>
#include <vector>

#include "ledger/leaf.h"

namespace paliad::ledger {

// Spreads ids that an attacker chose too: keyed at random, once a process.
std::size_t HashOf(const RunId& id);

class RunSet {
 public:
  void Insert(const RunId& id);
  bool Contains(const RunId& id) const;
  std::size_t size() const { return size_ + (has_zero_ ? 1 : 0); }

 private:
  // Open addressing with linear probing; a slot of zeroes is free.
  std::size_t SlotOf(const std::vector<RunId>& slots, const RunId& id) const;
  void Grow();

  std::vector<RunId> slots_;
  std::size_t size_ = 0;
  bool has_zero_ = false;
};

}  // namespace paliad::ledger

#endif  // PALIAD_LEDGER_RUN_SET_H_
