// Statuses, and the marker of the comment; the comment itself is in comment.cc.
#include "controller/pulls/feedback.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "policies/markdown.h"

namespace paliad::pulls {
namespace {

// What every forge shows; a client cuts further where its forge wants it.
constexpr std::size_t kMaxDescription = 250;

struct Words {
  forge::StatusState state = forge::StatusState::kSuccess;
  std::string description;
};

Words PolicyWords(const Verdict& verdict) {
  if (verdict.error) {
    return {forge::StatusState::kError, "not judged: " + verdict.error->Message()};
  }
  const std::string counts = CountFindings(verdict.findings);
  const auto error = std::ranges::find_if(verdict.findings, [](const Finding& finding) {
    return finding.severity == Severity::kError && !finding.waiver;
  });
  if (error != verdict.findings.end()) {
    return {forge::StatusState::kFailure, fmt::format("{}: {}", counts, error->message)};
  }
  return {forge::StatusState::kSuccess, verdict.findings.empty() ? "no findings" : counts};
}

Words DryRunWords(const Verdict& verdict) {
  if (verdict.dry_run_error) {
    return {forge::StatusState::kError, "not tried: " + verdict.dry_run_error->Message()};
  }
  if (!verdict.dry_run) {
    const bool fine = verdict.no_dry_run == kNothingToTry;
    return {fine ? forge::StatusState::kSuccess : forge::StatusState::kError,
            "not tried: " + verdict.no_dry_run};
  }
  if (const auto& failed = verdict.dry_run->failed) {
    return {forge::StatusState::kFailure,
            fmt::format("{}:{}: {}", failed->path, failed->line.value_or(1), failed->message)};
  }
  const std::size_t applied = verdict.dry_run->migrations.size();
  return {forge::StatusState::kSuccess,
          fmt::format("{} migration{} applied on the scratch server", applied, applied == 1 ? "" : "s")};
}

forge::CommitStatus StatusOf(const forge::PullRequest& pull_request, const std::string& target,
                             std::string_view check, const Words& words) {
  return {.commit = pull_request.head_commit,
          .context = forge::StatusContext(fmt::format("paliad/{}/{}", target, check)),
          .state = words.state,
          .description = Truncate(EscapeForTerminal(words.description), kMaxDescription),
          .target_url = "",
          .status_project = pull_request.status_project};
}

// Where one is configured, something is said of it.
bool HasDryRunStatus(const Verdict& verdict) {
  return verdict.dry_run || verdict.dry_run_error ||
         (!verdict.no_dry_run.empty() && verdict.no_dry_run != kFromFork);
}

// Nothing of it can end the comment, or is anything but ASCII.
std::string PercentEncoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

}  // namespace

std::vector<forge::CommitStatus> StatusesOf(const Verdict& verdict, const std::string& target) {
  std::vector<forge::CommitStatus> statuses;
  if (verdict.touches) {
    statuses.push_back(StatusOf(verdict.pull_request, target, "policy", PolicyWords(verdict)));
    if (HasDryRunStatus(verdict)) {
      statuses.push_back(StatusOf(verdict.pull_request, target, "dry-run", DryRunWords(verdict)));
    }
  }
  return statuses;
}

std::vector<forge::CommitStatus> UntouchedStatuses(const forge::PullRequest& pull_request,
                                                   const std::string& target, bool dry_runs) {
  const Words words{forge::StatusState::kSuccess, fmt::format("no migration of {} is touched", target)};
  std::vector<forge::CommitStatus> statuses = {StatusOf(pull_request, target, "policy", words)};
  if (dry_runs) {
    statuses.push_back(StatusOf(pull_request, target, "dry-run", words));
  }
  return statuses;
}

std::string ApplyContext(const std::string& target) {
  return forge::StatusContext(fmt::format("paliad/{}/apply", target));
}

std::string MarkerOf(const std::string& target, std::int64_t number) {
  return fmt::format("<!-- paliad-gitops target={} pull={} -->", PercentEncoded(target), number);
}

std::vector<forge::Message> MessagesOf(const Verdict& verdict,
                                       const std::vector<forge::CommitStatus>& statuses,
                                       const std::string& target, const forge::Forge& forge) {
  std::vector<forge::Message> messages(statuses.begin(), statuses.end());
  Comment comment = CommentOf(verdict, target, forge.CommentLimit(),
                              [&](const std::string& commit, std::string_view path, int line) {
                                return forge.FileUrl(commit, path, line);
                              });
  messages.emplace_back(forge::CommentMessage{.number = verdict.pull_request.number,
                                              .marker = std::move(comment.marker),
                                              .body = std::move(comment.body),
                                              .only_existing = comment.only_existing});
  return messages;
}

}  // namespace paliad::pulls
