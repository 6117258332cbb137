#include "controller/forge/reviews.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace paliad::forge {

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

}  // namespace paliad::forge
