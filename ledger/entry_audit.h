// What the entries of a log say about each other, whatever tree and signatures say: a log that its owner
// rewrote and signed again, or that a bug wrote, has to make sense too.
//
// Memory: 16 bytes for each run that ended, some more for each that did not. Not thread-safe.
#ifndef PALIAD_LEDGER_ENTRY_AUDIT_H_
#define PALIAD_LEDGER_ENTRY_AUDIT_H_

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>

#include "ledger/leaf.h"
#include "ledger/problem.h"
#include "ledger/run_set.h"

namespace paliad::ledger {

class EntryAudit {
 public:
  // Entries from `first_seq` on. If it is not 0, runs may have begun before, and what began is not missed.
  explicit EntryAudit(std::uint64_t first_seq) : first_seq_(first_seq) {}

  // The next entry; problems found with it are added to `problems`.
  void Add(std::uint64_t seq, const Leaf& leaf, Problems& problems);

  // Runs without their end, though a later run of their tracker had the lock, and so had to write it for
  // them.
  void Finish(Problems& problems) const;

 private:
  struct OpenRun {
    std::int64_t next_ordinal = 0;
    std::uint64_t began = 0;  // seq
    std::string tracker;
    bool from_its_start = true;
    bool started = false;  // by a run_started
  };

  // The run that the entry is of, or null if the entry was one too many.
  OpenRun* RunOf(std::uint64_t seq, const Leaf& leaf, Problems& problems);

  struct RunHash {
    std::size_t operator()(const RunId& id) const;
  };

  // Every entry that says which log it is of says the same.
  void RequireSameLedger(std::uint64_t seq, const Leaf& leaf, Problems& problems);

  std::uint64_t first_seq_;
  std::string ledger_;  // of the first entry that says it: the genesis, where that is seen
  std::unordered_map<RunId, OpenRun, RunHash> open_;
  RunSet ended_;
  std::map<std::string, std::uint64_t>
      last_holder_;  // by tracker: seq where the last run that had the lock began
};

}  // namespace paliad::ledger

#endif  // PALIAD_LEDGER_ENTRY_AUDIT_H_
