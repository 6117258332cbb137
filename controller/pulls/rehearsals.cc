#include "controller/pulls/rehearsals.h"

namespace paliad::pulls {

Rehearsals::Rehearsals(scratch::Options options, const Clock& clock)
    : options_(std::move(options)), clock_(clock) {}

Result<scratch::DryRun> Rehearsals::Try(std::int64_t number, git::Repository& repository,
                                        const BaseBranch& base, const std::vector<Migration>& pending) {
  if (base_failure_ && base_failure_->first == base.set_digest) {
    return Fail(base_failure_->second);
  }
  std::string key = base.set_digest + DigestOfFiles(pending);
  const auto at = remembered_.find(number);
  if (at != remembered_.end() && at->second.key == key) {
    return at->second.run;
  }
  ++tried_;
  Result<scratch::DryRun> run =
      scratch::RunDry(options_, {.migrations = base.set.migrations, .source = &repository},
                      {.migrations = pending, .source = &repository}, clock_);
  if (run) {
    remembered_.insert_or_assign(number, Remembered{.key = std::move(key), .run = *run});
  } else if (run.error().kind == ErrorKind::kInvalidInput) {
    base_failure_.emplace(base.set_digest, run.error());
  }
  return run;
}

void Rehearsals::Keep(const std::set<std::int64_t>& numbers) {
  base_failure_.reset();
  std::erase_if(remembered_, [&](const auto& entry) { return !numbers.contains(entry.first); });
}

}  // namespace paliad::pulls
