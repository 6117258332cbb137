// Waivers: comments in a migration that say why a finding is fine here.
//
//   -- paliad:allow drop: table unused since v3, see #812
//   -- paliad:allow drop, data-loss: the same, for two rules
//
// A waiver stands directly above a statement, in the lines of comments that touch it, and holds for that
// statement; or it stands in the file's header, before the first statement and set apart from it by an empty
// line, and holds for the whole file. A reason is required. What is wrong with a waiver, and one that nothing
// needed, is a finding of the rule `waiver`.
#ifndef PALIAD_POLICIES_WAIVERS_H_
#define PALIAD_POLICIES_WAIVERS_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "migrations/sql_file.h"

namespace paliad {

struct WaiverProblem {
  std::size_t offset = 0;  // of the comment, in bytes
  std::string message;
  std::string hint;
};

class Waivers {
 public:
  // None.
  Waivers() = default;

  // `text` is what `sql` was parsed from. REQUIRES: sql.error is not set.
  Waivers(std::string_view text, const SqlFile& sql);

  // The reason why a finding of `rule` at byte `offset` is waived; nothing if it is not. The waiver counts as
  // used from then on.
  std::optional<std::string> Use(std::string_view rule, std::size_t offset);

  // Malformed, of unknown rules, of rules that cannot be waived, and those that were never used. To be asked
  // once all findings are known. `may_waive` says what policy lets a file waive.
  template <class MayWaive>
  std::vector<WaiverProblem> Problems(const MayWaive& may_waive) const {
    std::vector<WaiverProblem> problems = malformed_;
    for (const Waiver& waiver : waivers_) {
      if (!may_waive(waiver.rule)) {
        problems.push_back(NotWaivable(waiver));
      } else if (!waiver.used) {
        problems.push_back(Unused(waiver));
      }
    }
    return problems;
  }

 private:
  struct Waiver {
    std::size_t offset = 0;
    std::string rule;
    std::string reason;
    // The statement's bytes; none: the whole file.
    std::optional<std::size_t> begin;
    std::size_t end = 0;
    bool used = false;
  };

  class Reader;

  // A rule, and where the statement begins.
  using Place = std::pair<std::string, std::size_t>;
  static constexpr std::size_t kWholeFile = static_cast<std::size_t>(-1);

  void Add(Waiver waiver);
  static WaiverProblem NotWaivable(const Waiver& waiver);
  static WaiverProblem Unused(const Waiver& waiver);

  std::vector<Waiver> waivers_;            // in the file's order
  std::map<Place, std::size_t> by_place_;  // index in waivers_; of several for one place, the first
  std::vector<WaiverProblem> malformed_;
};

}  // namespace paliad

#endif  // PALIAD_POLICIES_WAIVERS_H_
