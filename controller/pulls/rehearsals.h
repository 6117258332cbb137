// The dry runs of open pull requests: each is tried again only when the base set or what it adds is another.
#ifndef PALIAD_CONTROLLER_PULLS_REHEARSALS_H_
#define PALIAD_CONTROLLER_PULLS_REHEARSALS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "controller/git/repository.h"
#include "controller/pulls/base_branch.h"
#include "controller/scratch/dry_run.h"
#include "migrations/migration_set.h"

namespace paliad::pulls {

// Not thread-safe.
class Rehearsals {
 public:
  // `options` without a URL: there is no scratch server, and none is tried.
  Rehearsals(scratch::Options options, const Clock& clock);

  bool configured() const { return !options_.url.empty(); }

  // As scratch::RunDry. An answer is remembered for the pull request; that the base cannot be prepared, which
  // says the same of all of them, until the next Keep.
  [[nodiscard]] Result<scratch::DryRun> Try(std::int64_t number, git::Repository& repository,
                                            const BaseBranch& base, const std::vector<Migration>& pending);

  // Forgets all but these.
  void Keep(const std::set<std::int64_t>& numbers);

  std::size_t tried() const { return tried_; }  // on the server, since the beginning

 private:
  struct Remembered {
    std::string key;
    scratch::DryRun run;
  };

  const scratch::Options options_;
  const Clock& clock_;
  std::map<std::int64_t, Remembered> remembered_;
  std::optional<std::pair<std::string, Error>> base_failure_;  // of which set
  std::size_t tried_ = 0;
};

}  // namespace paliad::pulls

#endif  // PALIAD_CONTROLLER_PULLS_REHEARSALS_H_
