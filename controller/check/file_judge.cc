#include "controller/check/file_judge.h"

#include <iterator>

#include "controller/reconcile/assessment.h"

namespace paliad {
namespace {

std::size_t BytesOf(const std::vector<Finding>& findings) {
  std::size_t bytes = 0;
  for (const Finding& finding : findings) {
    bytes += sizeof finding + finding.path.size() + finding.message.size() + finding.hint.size() +
             finding.source_line.size() + finding.waiver.value_or("").size();
  }
  return bytes;
}

}  // namespace

FileJudge::FileJudge(Policy policy, std::string tracker)
    : policy_(std::move(policy)), tracker_(std::move(tracker)) {}

Result<std::vector<Finding>> FileJudge::Judge(ContentSource& source, const Migration& migration) {
  const Key key = KeyOf(migration);
  if (const auto at = remembered_.find(key); at != remembered_.end()) {
    return at->second;
  }
  ASSIGN_OR_RETURN(std::vector<Finding> findings, ReadAndJudge(source, migration));
  const std::size_t bytes = BytesOf(findings);
  if (!key.second.empty() && remembered_bytes_ + bytes <= kMaxRemembered) {
    remembered_bytes_ += bytes;
    remembered_.emplace(key, findings);
  }
  return findings;
}

Result<std::vector<Finding>> FileJudge::ReadAndJudge(ContentSource& source, const Migration& migration) {
  ++read_;
  std::vector<Finding> findings;
  ASSIGN_OR_RETURN(const FileText file, ReadFileText(source, migration, findings));
  if (file.readable) {
    if (!judge_) {
      judge_.emplace(policy_, tracker_);
    }
    ASSIGN_OR_RETURN(std::vector<Finding> found, judge_->Judge(migration, file.text));
    findings.insert(findings.end(), std::make_move_iterator(found.begin()),
                    std::make_move_iterator(found.end()));
  }
  return findings;
}

void FileJudge::Keep(const std::set<Key>& keys) {
  std::erase_if(remembered_, [&](const auto& entry) {
    const bool goes = !keys.contains(entry.first);
    remembered_bytes_ -= goes ? BytesOf(entry.second) : 0;
    return goes;
  });
}

}  // namespace paliad
