#include "policies/file_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "policies/rules.h"

namespace paliad {
namespace {

// A longer line is not shown: each finding would hold a copy of it.
constexpr std::size_t kMaxSourceLine = std::size_t{64} << 10;

}  // namespace

Finding MakeFinding(std::string_view rule, std::string path, std::string message, std::string hint) {
  const RuleInfo* info = FindRule(rule);
  assert(info != nullptr);
  Finding finding;
  finding.rule = rule;
  finding.severity = info->default_severity;
  finding.path = std::move(path);
  finding.message = std::move(message);
  finding.hint = std::move(hint);
  return finding;
}

FileFindings::FileFindings(const Migration& migration, std::string_view text, const Policy& policy)
    : migration_(migration), text_(text), policy_(policy) {}

void FileFindings::ReadWaivers(const SqlFile& sql) { waivers_ = Waivers(text_, sql); }

void FileFindings::AddWaiverProblems() {
  const auto may_waive = [this](const std::string& rule) { return policy_.Of(rule).waivable; };
  for (WaiverProblem& problem : waivers_.Problems(may_waive)) {
    Add("waiver", problem.offset, std::move(problem.message), std::move(problem.hint));
  }
}

const LineIndex& FileFindings::Lines() {
  if (!lines_) {
    lines_.emplace(text_);
  }
  return *lines_;
}

int FileFindings::LineAt(std::size_t offset) { return Lines().AtByte(offset).line; }

void FileFindings::Add(std::string_view rule, std::size_t offset, std::string message, std::string hint) {
  std::optional<std::string> waiver;
  if (policy_.Of(rule).waivable) {
    waiver = waivers_.Use(rule, offset);
  }
  if (++count_[{std::string(rule), waiver.has_value()}] > kMaxPerRule) {
    return;
  }
  Finding finding = MakeFinding(rule, migration_.path, std::move(message), std::move(hint));
  const Position position = Lines().AtByte(offset);
  finding.line = position.line;
  finding.column = position.column;
  finding.version = migration_.version;
  finding.waiver = std::move(waiver);
  const std::string_view line = Lines().Line(position.line);
  if (line.size() <= kMaxSourceLine) {
    finding.source_line = line;
  }
  findings_.push_back(std::move(finding));
}

std::vector<Finding> FileFindings::Take() && {
  for (const auto& entry : count_) {
    const auto& [rule, waived] = entry.first;
    const int count = entry.second;
    if (count > kMaxPerRule) {
      const auto is_one = [&rule = rule, waived = waived](const Finding& finding) {
        return finding.rule == rule && finding.waiver.has_value() == waived;
      };
      const auto last = std::find_if(findings_.rbegin(), findings_.rend(), is_one);
      last->message += fmt::format(" (and {} more like it in this file)", count - kMaxPerRule);
    }
  }
  return std::move(findings_);
}

}  // namespace paliad
