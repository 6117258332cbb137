// The comment on a pull request. All text from outside is escaped here, and cut before that.
#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <set>

#include "base/text.h"
#include "controller/pulls/feedback.h"
#include "controller/scratch/lock_mode.h"
#include "policies/markdown.h"
#include "policies/rule_advice.h"
#include "policies/rules.h"

namespace paliad::pulls {
namespace {

constexpr std::size_t kMaxText = 600;  // bytes of one message, hint or reason
constexpr std::size_t kMaxPath = 300;
constexpr std::size_t kMaxError = 2'000;
constexpr std::size_t kMaxUrl = 2'000;
constexpr std::size_t kShortCommit = 12;
constexpr std::size_t kMaxTables = 3;
constexpr std::size_t kSmallestLimit = 16'384;
constexpr std::size_t kLastLine = 512;  // kept for what says that something was left out

std::string Code(std::string_view text) {
  return fmt::format("<code>{}</code>", EscapeMarkdown(Truncate(text, kMaxPath)));
}

std::string Prose(std::string_view text) { return EscapeMarkdownProse(Truncate(text, kMaxText)); }

// Within <pre>, lines stay lines.
std::string Preformatted(const std::string& text) {
  std::string lines;
  const std::string cut = Truncate(text, kMaxError);
  for (std::size_t at = 0; at <= cut.size();) {
    const std::size_t end = std::min(cut.find('\n', at), cut.size());
    lines += EscapeMarkdown(std::string_view(cut).substr(at, end - at)) + "\n";
    at = end + 1;
  }
  return fmt::format("<pre>\n{}</pre>\n", lines);
}

// The client percent-encodes; what could end the link or the table's cell does not get through in any case.
std::string LinkTarget(const std::string& url) {
  constexpr std::string_view kEnds = "<>()[]|\\`\"'";
  std::string target;
  for (const char c : url) {
    const bool ends = kEnds.find(c) != std::string_view::npos || static_cast<unsigned char>(c) <= ' ' ||
                      static_cast<unsigned char>(c) >= 0x7f;
    target += ends ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  return target;
}

std::string Plural(std::size_t number, std::string_view noun) {
  return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

bool Rejects(const Finding& finding) { return finding.severity == Severity::kError && !finding.waiver; }

// The body while it grows: each part may fill it up to its share of the limit. Escaped, a byte becomes up to
// twelve.
class Page {
 public:
  explicit Page(std::size_t limit) : room_(limit - kLastLine) {}

  // False: it does not fit, and nothing is added.
  bool Add(const std::string& text, std::size_t percent = 100) {
    const bool fits = body_.size() + text.size() <= room_ / 100 * percent;
    body_ += fits ? text : "";
    return fits;
  }

  // How many rows were left out.
  std::size_t AddTable(std::size_t percent, const std::string& head, const std::vector<std::string>& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!Add((i == 0 ? head : "") + rows[i], percent)) {
        return rows.size() - i;
      }
    }
    return 0;
  }

  // The body and a line for which room was kept. REQUIRES: it is not longer than kLastLine.
  std::string Finish(const std::string& last_line) const { return body_ + last_line; }

 private:
  const std::size_t room_;
  std::string body_;
};

class Writer {
 public:
  Writer(const Verdict& verdict, const std::string& target, std::size_t limit, const FileUrl& file_url)
      : verdict_(verdict), target_(target), file_url_(file_url), page_(limit) {}

  std::string Write() && {
    Add(MarkerOf(target_, verdict_.pull_request.number) + "\n" + Headline());
    if (verdict_.touches) {
      AddNotes();
      AddFindings();
      AddDryRun();
      AddWaived();
      AddAdvice();
    }
    return page_.Finish(
        left_out_ == 0 ? ""
                       : fmt::format("\n{} left out here: <code>paliadctl pr check {}</code> shows all.\n",
                                     left_out_ == 1 ? "1 row is" : fmt::format("{} rows are", left_out_),
                                     verdict_.pull_request.number));
  }

 private:
  void Add(const std::string& text) { left_out_ += page_.Add(text) ? 0 : 1; }

  std::string Headline() const {
    std::string says;
    if (!verdict_.touches) {
      says = "none is changed here";
    } else if (verdict_.error) {
      says = "not judged";
    } else if (!verdict_.PolicyPasses()) {
      says = "rejected by policy";
    } else if (verdict_.dry_run_error) {
      says = "policy passes, the dry run could not be made";
    } else {
      says = verdict_.DryRunPasses() ? "policy passes" : "policy passes, the dry run fails";
    }
    const std::string counts =
        verdict_.findings.empty() ? "" : fmt::format(" ({})", CountFindings(verdict_.findings));
    return fmt::format("**Migrations of {}: {}**{}\n", Code(target_), says, counts);
  }

  void AddNotes() {
    Add(fmt::format("\n{} as merged into {}.\n",
                    Code(verdict_.pull_request.head_commit.substr(0, kShortCommit)),
                    Code(verdict_.pull_request.base_branch)));
    if (verdict_.policy_changed) {
      Add("\nThis changes the policy file. What judges it is the branch's policy all the same.\n");
    }
    if (verdict_.error) {
      Add("\n" + ErrorText(*verdict_.error));
    }
  }

  static std::string ErrorText(const Error& error) {
    return Preformatted(error.Message()) + Labelled("Hint", error.hint);
  }

  std::string Place(const std::string& path, int line, int column) const {
    const std::string url = file_url_(verdict_.pull_request.head_commit, path, line);
    const std::string text =
        fmt::format("<code>{}:{}:{}</code>", EscapeMarkdown(Truncate(path, kMaxPath)), line, column);
    return url.size() > kMaxUrl ? text : fmt::format("[{}]({})", text, LinkTarget(url));
  }

  std::string PlaceOf(const Finding& finding) const {
    // What is missing has no page.
    return finding.rule == "orphaned" ? Code(finding.path)
                                      : Place(finding.path, finding.line, finding.column);
  }

  void AddFindings() {
    std::vector<std::string> rows;
    const auto add_those = [&](bool rejecting) {
      for (const Finding& finding : verdict_.findings) {
        if (!finding.waiver && Rejects(finding) == rejecting) {
          rows.push_back(fmt::format("| {} | {} | {} (<code>{}</code>) | {} |\n",
                                     SeverityName(finding.severity), PlaceOf(finding), Prose(finding.message),
                                     finding.rule, Prose(finding.hint)));
        }
      }
    };
    add_those(true);
    add_those(false);
    left_out_ += page_.AddTable(60, "\n| | where | what | what to do |\n|---|---|---|---|\n", rows);
  }

  void AddDryRun() {
    if (verdict_.dry_run_error) {
      Add("\nThe dry run could not be made:\n\n" + ErrorText(*verdict_.dry_run_error));
    } else if (verdict_.dry_run) {
      AddReports(*verdict_.dry_run);
    } else if (!verdict_.no_dry_run.empty()) {
      Add(fmt::format("\nNo dry run: {}.\n", verdict_.no_dry_run));
    }
  }

  void AddReports(const scratch::DryRun& run) {
    if (run.failed) {
      AddFailure(*run.failed);
    }
    std::vector<std::string> rows;
    for (const scratch::MigrationReport& report : run.migrations) {
      rows.push_back(RowOf(report));
    }
    left_out_ += page_.AddTable(80,
                                fmt::format("\nDry run: {} applied.\n\n"
                                            "| migration | duration | strongest lock | blocks | rewrites |\n"
                                            "|---|---|---|---|---|\n",
                                            Plural(run.migrations.size(), "migration")),
                                rows);
  }

  void AddFailure(const Failure& failed) {
    Add(fmt::format("\nThe dry run fails at {}: {}{}\n",
                    Place(failed.path, failed.line.value_or(1), failed.column.value_or(1)),
                    Prose(failed.message),
                    failed.sqlstate.empty() ? "" : fmt::format(" (SQLSTATE {})", Prose(failed.sqlstate))));
    Add(Labelled("Detail", failed.detail) + Labelled("Hint", failed.hint));
  }

  // No line begins with a stranger's text: on GitLab, one that begins with a slash is a command of whoever
  // wrote it, which is us.
  static std::string Labelled(std::string_view label, const std::string& text) {
    return text.empty() ? "" : fmt::format("\n{}: {}\n", label, Prose(text));
  }

  static std::string RowOf(const scratch::MigrationReport& report) {
    std::string lock = "none";
    std::string blocks = "nothing";
    const auto strongest = std::ranges::max_element(report.locks, {}, &scratch::TableLock::mode);
    if (strongest != report.locks.end()) {
      lock = fmt::format("{} on {}", LockModeName(strongest->mode), Code(strongest->table));
      blocks = Blocks(strongest->mode);
      if (report.locks.size() > 1) {
        lock += fmt::format(", {} more", Plural(report.locks.size() - 1, "table"));
      }
    }
    std::string rewrites;
    for (std::size_t i = 0; i < std::min(report.rewritten.size(), kMaxTables); ++i) {
      rewrites += (i == 0 ? "" : ", ") + Code(report.rewritten[i]);
    }
    if (report.rewritten.size() > kMaxTables) {
      rewrites += fmt::format(", {} more", Plural(report.rewritten.size() - kMaxTables, "table"));
    }
    return fmt::format("| {} | {:.1f} ms | {} | {} | {} |\n",
                       Code(fmt::format("{}_{}", report.version, report.name)),
                       static_cast<double>(report.duration.count()) / 1e3, lock, blocks, rewrites);
  }

  void AddWaived() {
    std::vector<std::string> rows;
    for (const Finding& finding : verdict_.findings) {
      if (finding.waiver) {
        rows.push_back(fmt::format("| {} | {} (<code>{}</code>) | {} |\n", PlaceOf(finding),
                                   Prose(finding.message), finding.rule, Prose(*finding.waiver)));
      }
    }
    left_out_ += page_.AddTable(90, "\nWaived:\n\n| where | what | why |\n|---|---|---|\n", rows);
  }

  // Not counted where it does not fit: the pages are in the documentation.
  void AddAdvice() {
    std::set<std::string> told;
    for (const Finding& finding : verdict_.findings) {
      const RuleInfo* rule = FindRule(finding.rule);
      if (!finding.waiver && rule != nullptr && told.insert(finding.rule).second) {
        page_.Add(
            fmt::format("\n<details><summary>How to fix <code>{}</code></summary>\n\n"
                        "{}: {}.\n\n{}\n</details>\n",
                        finding.rule, finding.rule, rule->summary, RuleAdvice(finding.rule)));
      }
    }
  }

  const Verdict& verdict_;
  const std::string& target_;
  const FileUrl& file_url_;
  Page page_;
  std::size_t left_out_ = 0;  // rows
};

bool HasNothingToSay(const Verdict& verdict) {
  return !verdict.touches || (verdict.findings.empty() && !verdict.policy_changed && verdict.PolicyPasses() &&
                              verdict.DryRunPasses());
}

}  // namespace

Comment CommentOf(const Verdict& verdict, const std::string& target, std::size_t limit,
                  const FileUrl& file_url) {
  assert(limit >= kSmallestLimit);
  Comment comment{.marker = MarkerOf(target, verdict.pull_request.number),
                  .body = Writer(verdict, target, limit, file_url).Write(),
                  .only_existing = HasNothingToSay(verdict)};
  assert(comment.body.size() <= limit);
  return comment;
}

}  // namespace paliad::pulls
