#include "policies/file_findings.h"

#include <fmt/format.h>

#include <algorithm>

namespace paliad {
namespace {

// A longer line is not shown: each finding would hold a copy of it.
constexpr std::size_t kMaxSourceLine = std::size_t{64} << 10;

}  // namespace

FileFindings::FileFindings(const Migration& migration, std::string_view text)
    : migration_(migration), text_(text) {}

const LineIndex& FileFindings::Lines() {
  if (!lines_) {
    lines_.emplace(text_);
  }
  return *lines_;
}

int FileFindings::LineAt(std::size_t offset) { return Lines().AtByte(offset).line; }

void FileFindings::Add(std::string_view rule, std::size_t offset, std::string message, std::string hint) {
  if (++count_[rule] > kMaxPerRule) {
    return;
  }
  Finding finding = MakeFinding(rule, migration_.path, std::move(message), std::move(hint));
  const Position position = Lines().AtByte(offset);
  finding.line = position.line;
  finding.column = position.column;
  finding.version = migration_.version;
  const std::string_view line = Lines().Line(position.line);
  if (line.size() <= kMaxSourceLine) {
    finding.source_line = line;
  }
  findings_.push_back(std::move(finding));
}

std::vector<Finding> FileFindings::Take() && {
  for (const auto& [rule, count] : count_) {
    if (count > kMaxPerRule) {
      const auto last = std::find_if(findings_.rbegin(), findings_.rend(),
                                     [&, id = rule](const Finding& finding) { return finding.rule == id; });
      last->message += fmt::format(" (and {} more like it in this file)", count - kMaxPerRule);
    }
  }
  return std::move(findings_);
}

}  // namespace paliad
