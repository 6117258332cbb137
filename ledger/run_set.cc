#include "ledger/run_set.h"

#include <cstdint>
#include <cstring>
#include <random>

namespace paliad::ledger {
namespace {

constexpr RunId kFree{};

std::uint64_t Mix(std::uint64_t x) {
  // The finaliser of MurmurHash3: every bit of x moves every bit of the result.
  x = (x ^ (x >> 33)) * 0xFF51AFD7ED558CCDU;
  x = (x ^ (x >> 33)) * 0xC4CEB9FE1A85EC53U;
  return x ^ (x >> 33);
}

}  // namespace

std::size_t HashOf(const RunId& id) {
  static const std::uint64_t key = (std::uint64_t{std::random_device()()} << 32) | std::random_device()();
  std::uint64_t halves[2];
  std::memcpy(halves, id.data(), sizeof(halves));
  return static_cast<std::size_t>(Mix(Mix(halves[0] ^ key) + halves[1]));
}

std::size_t RunSet::SlotOf(const std::vector<RunId>& slots, const RunId& id) const {
  const std::size_t mask = slots.size() - 1;
  std::size_t slot = HashOf(id) & mask;
  while (slots[slot] != kFree && slots[slot] != id) {
    slot = (slot + 1) & mask;
  }
  return slot;
}

void RunSet::Insert(const RunId& id) {
  if (id == kFree) {
    has_zero_ = true;
    return;
  }
  if (size_ * 4 >= slots_.size() * 3) {
    Grow();
  }
  RunId& slot = slots_[SlotOf(slots_, id)];
  size_ += slot == kFree ? 1 : 0;
  slot = id;
}

bool RunSet::Contains(const RunId& id) const {
  return id == kFree ? has_zero_ : !slots_.empty() && slots_[SlotOf(slots_, id)] == id;
}

void RunSet::Grow() {
  std::vector<RunId> larger(slots_.empty() ? 64 : slots_.size() * 2);
  for (const RunId& id : slots_) {
    if (id != kFree) {
      larger[SlotOf(larger, id)] = id;
    }
  }
  slots_ = std::move(larger);
}

}  // namespace paliad::ledger
