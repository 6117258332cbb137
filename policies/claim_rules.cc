// version-claimed: what open pull requests say of each other's versions.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "policies/file_findings.h"
#include "policies/rules.h"

namespace paliad {
namespace {

// A version that hundreds claim makes its point with fewer.
constexpr std::size_t kMaxNamed = 5;

// One file on both sides is no contest: branches that are built on each other carry the same commits, and
// merging both leaves one file.
bool IsRival(const VersionClaim& own, const VersionClaim& other) {
  return other.pull_request != own.pull_request && (other.path != own.path || other.blob_id != own.blob_id);
}

// Anybody may open a pull request from a fork, so it stops nobody: neither the project's own ones, nor a fork
// that was there before it.
bool Stops(const VersionClaim& own, const VersionClaim& rival) {
  return !rival.from_fork || (own.from_fork && rival.pull_request < own.pull_request);
}

std::vector<VersionClaim> RivalsOf(const VersionClaim& own, const ClaimsByVersion& claims) {
  std::vector<VersionClaim> rivals;
  if (const auto at = claims.find(own.version); at != claims.end()) {
    std::copy_if(at->second.begin(), at->second.end(), std::back_inserter(rivals),
                 [&](const VersionClaim& other) { return IsRival(own, other); });
  }
  std::sort(rivals.begin(), rivals.end(),
            [](const VersionClaim& a, const VersionClaim& b) { return a.pull_request < b.pull_request; });
  const auto repeated = std::unique(rivals.begin(), rivals.end(), [](const auto& a, const auto& b) {
    return a.pull_request == b.pull_request;
  });
  rivals.erase(repeated, rivals.end());
  return rivals;
}

std::string Names(const std::vector<VersionClaim>& rivals) {
  const std::size_t named = std::min(rivals.size(), kMaxNamed);
  std::string names;
  for (std::size_t i = 0; i < named; ++i) {
    const bool last = i + 1 == rivals.size();
    names += fmt::format("{}{}{}",
                         i == 0 ? ""
                         : last ? " and "
                                : ", ",
                         rivals[i].label, rivals[i].from_fork ? " (from a fork)" : "");
  }
  return named == rivals.size() ? names : fmt::format("{} and {} more", names, rivals.size() - named);
}

std::string Suggestion(const VersionClaim& own, std::optional<Version> free) {
  if (!free) {
    return "the last version, 2147483647, is taken";
  }
  const std::string name = own.path.substr(own.path.rfind('/') + 1);
  return fmt::format(
      "{} is the next free version, past every open pull request: rename {} to {}", *free, name,
      FormatUpFileName(*free, static_cast<int>(name.find('_')), ParseFileName(name).description));
}

}  // namespace

std::vector<Finding> CheckClaims(const std::vector<VersionClaim>& own, const ClaimsByVersion& claims,
                                 FreeVersions& free) {
  std::vector<Finding> findings;
  for (const VersionClaim& claim : own) {
    const std::vector<VersionClaim> rivals = RivalsOf(claim, claims);
    if (rivals.empty()) {
      continue;
    }
    const bool stopped = std::ranges::any_of(rivals, [&](const auto& rival) { return Stops(claim, rival); });
    const std::string suggestion = Suggestion(claim, free.Take());
    Finding finding = MakeFinding(
        "version-claimed", claim.path,
        fmt::format("version {} is also claimed by {}, which {} not merged yet", claim.version, Names(rivals),
                    rivals.size() == 1 ? "is" : "are"),
        stopped ? "all but one of them need another version; " + suggestion
                : "a fork does not keep others from their versions; if it is merged first, " + suggestion);
    finding.severity = stopped ? Severity::kError : Severity::kWarning;
    finding.version = claim.version;
    findings.push_back(std::move(finding));
  }
  SortFindings(findings);
  return findings;
}

}  // namespace paliad
