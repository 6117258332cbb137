// Exports of the log: what an auditor takes away.
#ifndef PALIAD_CONTROLLER_AUDIT_EXPORT_H_
#define PALIAD_CONTROLLER_AUDIT_EXPORT_H_

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "base/result.h"
#include "controller/audit/log_reader.h"
#include "controller/audit/newest_checkpoint.h"
#include "ledger/bundle.h"

namespace paliad::audit {

// Entries made from `since` on and before `until`, both as FormatUtc; empty: no bound.
struct TimeRange {
  std::string since;
  std::string until;
};

// Where the entries of a time range are. By what the leaves say: a column could be edited.
struct Selection {
  std::uint64_t size = 0;      // of the log
  std::uint64_t matching = 0;  // entries of the time range
  // They lie in first … end - 1. That is the order of the log; a clock may have gone back, so others may lie
  // between them. Empty: both are where the first later entry is.
  std::uint64_t first = 0;
  std::uint64_t end = 0;
};

// Reads all leaves. kCorruption where they are not those that `checkpoint` was made of: an export names it,
// and so does an empty one. Null: there is none.
[[nodiscard]] Result<Selection> Select(const LogReader& log, const TimeRange& range,
                                       const TrustedCheckpoint* checkpoint);

// Whether an entry is of the range, by its leaf; an entry without a time is of none.
bool IsInRange(const std::string& leaf, const TimeRange& range);

// The leaves of the range, a line each.
[[nodiscard]] Status ExportJsonl(const LogReader& log, const Selection& selection, const TimeRange& range,
                                 std::ostream& target);

// A header and a row for each entry of the range, the leaf in the last cell; for spreadsheets.
[[nodiscard]] Status ExportCsv(const LogReader& log, const Selection& selection, const TimeRange& range,
                               std::ostream& target);

// Entries first … end - 1 with their bodies, the checkpoint, and what proves both, and that `earlier` ones
// (of the same log and not larger) are beginnings of it. kCorruption where the log is not the one that the
// checkpoints were made of; what was written is to be thrown away then. REQUIRES: selection.end <=
// checkpoint's size; earlier.size() <= ledger::kMaxEarlier.
[[nodiscard]] Status ExportBundle(const LogReader& log, const Selection& selection,
                                  const TrustedCheckpoint& checkpoint,
                                  const std::vector<TrustedCheckpoint>& earlier, std::ostream& target);

}  // namespace paliad::audit

#endif  // PALIAD_CONTROLLER_AUDIT_EXPORT_H_
