#include "controller/forge/reviews.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

#include "controller/forge/answer.h"

namespace paliad::forge {
namespace {

bool MayCount(const Approval& approval, const Attribution& attribution) {
  return !SameLogin(approval.reviewer, attribution.author) &&
         (approval.commit.empty() || approval.commit == attribution.head_commit);
}

}  // namespace

std::vector<Approval> ApprovalsOf(std::vector<Review> reviews, const std::string& head) {
  std::sort(reviews.begin(), reviews.end(), [](const Review& one, const Review& other) {
    return std::tie(one.at, one.id) < std::tie(other.at, other.id);
  });
  std::map<std::string, std::size_t> newest;  // by reviewer, an index
  for (std::size_t i = 0; i < reviews.size(); ++i) {
    newest[reviews[i].reviewer] = i;
  }
  std::vector<Approval> approvals;
  for (std::size_t i = 0; i < reviews.size(); ++i) {
    const Review& review = reviews[i];
    if (newest[review.reviewer] == i && review.approves && review.commit == head) {
      approvals.push_back({.reviewer = review.reviewer, .at = review.at, .commit = review.commit});
    }
  }
  return approvals;
}

Answer<void> AskForRights(Attribution& attribution,
                          const std::function<Answer<bool>(const std::string& login)>& ask) {
  std::map<std::string, bool> rights;
  for (const bool counts : {true, false}) {
    for (const Approval& approval : attribution.approvals) {
      const bool next = MayCount(approval, attribution) == counts && !rights.contains(approval.reviewer);
      if (next && rights.size() < kMaxApproversAsked) {
        ASSIGN_ANSWER_OR_RETURN(const bool may_write, ask(approval.reviewer));
        rights[approval.reviewer] = may_write;
      }
    }
  }
  for (Approval& approval : attribution.approvals) {
    const auto found = rights.find(approval.reviewer);
    approval.may_write = found != rights.end() && found->second;
  }
  return {};
}

}  // namespace paliad::forge
