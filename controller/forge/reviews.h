// Who approves what was merged, from everything that reviewers ever said. Pure but for what is asked.
#ifndef PALIAD_CONTROLLER_FORGE_REVIEWS_H_
#define PALIAD_CONTROLLER_FORGE_REVIEWS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "controller/forge/forge.h"

namespace paliad::forge {

// Something that was said of a pull request as a whole; a mere comment is none.
struct Review {
  std::int64_t id = 0;  // grows
  std::string reviewer;
  std::optional<WallTime> at;
  std::string commit;
  bool approves = false;  // else it asks for changes, or an approval was dismissed
};

// The newest review of each reviewer, where that approves `head`; in the order of time.
std::vector<Approval> ApprovalsOf(std::vector<Review> reviews, const std::string& head);

// Sets `may_write` of the approvals by what `ask` says of each reviewer, as Attribution::approvals has it.
[[nodiscard]] Answer<void> AskForRights(Attribution& attribution,
                                        const std::function<Answer<bool>(const std::string& login)>& ask);

}  // namespace paliad::forge

#endif  // PALIAD_CONTROLLER_FORGE_REVIEWS_H_
