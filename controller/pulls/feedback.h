// Feedback: a verdict as it is told on the forge. Pure. Names and formats are public (docs/pull-requests.md).
#ifndef PALIAD_CONTROLLER_PULLS_FEEDBACK_H_
#define PALIAD_CONTROLLER_PULLS_FEEDBACK_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/forge/forge.h"
#include "controller/forge/message.h"
#include "controller/pulls/verdict.h"

namespace paliad::pulls {

// `paliad/<target>/policy`, and `paliad/<target>/dry-run` where one is configured: not for a fork that gets
// none, so that where branch protection requires it, it stays missing. Descriptions are plain text of one
// line. Of a pull request that does not touch the target: none.
std::vector<forge::CommitStatus> StatusesOf(const Verdict& verdict, const std::string& target);

// Of one that does not touch the target, where such ones are told too (`report_all`): success, in the same
// contexts.
std::vector<forge::CommitStatus> UntouchedStatuses(const forge::PullRequest& pull_request,
                                                   const std::string& target, bool dry_runs);

// "paliad/<target>/apply", cut as every forge takes it.
std::string ApplyContext(const std::string& target);

struct Comment {
  std::string marker;          // hidden, in `body` too
  std::string body;            // Markdown, at most the limit
  bool only_existing = false;  // there is nothing to say: only an earlier comment is brought up to date
};

// Whatever the target is called, it neither ends the HTML comment nor is like another one's.
std::string MarkerOf(const std::string& target, std::int64_t number);

// A verdict line, the findings with links to file and line at the head, the dry run's table, waivers used,
// how to fix each rule. What is past `limit` (bytes, Forge::CommentLimit) is left out a row at a time, and a
// line says so. `file_url` as Forge::FileUrl. REQUIRES: limit >= 16,384.
using FileUrl = std::function<std::string(const std::string& commit, std::string_view path, int line)>;
Comment CommentOf(const Verdict& verdict, const std::string& target, std::size_t limit,
                  const FileUrl& file_url);

// What is told of a verdict, in order: `statuses`, and the comment as `forge` takes it.
std::vector<forge::Message> MessagesOf(const Verdict& verdict,
                                       const std::vector<forge::CommitStatus>& statuses,
                                       const std::string& target, const forge::Forge& forge);

}  // namespace paliad::pulls

#endif  // PALIAD_CONTROLLER_PULLS_FEEDBACK_H_
