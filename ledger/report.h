// The answer of a verification, the same for a database, a bundle and the proof of one entry.
#ifndef PALIAD_LEDGER_REPORT_H_
#define PALIAD_LEDGER_REPORT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "base/json_fwd.h"
#include "base/sha256.h"
#include "ledger/problem.h"

namespace paliad::ledger {

struct Report {
  // The newest checkpoint that the log was found to agree with.
  struct Anchor {
    std::uint64_t size = 0;
    std::string origin;
    bool is_signed = false;  // by a trusted key
  };

  std::uint64_t size = 0;            // of the tree
  std::optional<Sha256Digest> root;  // as computed; none where that was not possible
  std::uint64_t first = 0;           // the entries that were looked at: first … first + entries - 1
  std::uint64_t entries = 0;
  std::uint64_t bodies = 0;          // of these entries, verified
  std::optional<Anchor> checkpoint;  // none: nothing vouches for the log
  std::uint64_t unanchored = 0;      // entries since `checkpoint`: not provable yet
  Problems problems;

  bool ok() const { return problems.empty(); }
};

// {"ok":true,"size":12,"root":"<base64>" or null,"checkpoint":{"size":12,"origin":"…","signed":true} or null,
//  "unanchored":0,"problems":[{"kind":"edited","seq":4 or null,"detail":"…"}],"more_problems":0,
//  "first":0,"entries":12,"bodies":0}
OrderedJson ReportJson(const Report& report);

// For people: some lines, the last one with its newline. Untrusted text is escaped.
std::string ReportText(const Report& report);

}  // namespace paliad::ledger

#endif  // PALIAD_LEDGER_REPORT_H_
