#include "policies/markdown.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace paliad {
namespace {

struct Counts {
  std::size_t errors = 0;
  std::size_t warnings = 0;
  std::size_t waived = 0;
};

Counts CountOf(const std::vector<Finding>& findings) {
  Counts counts;
  for (const Finding& finding : findings) {
    ++(finding.waiver                         ? counts.waived
       : finding.severity == Severity::kError ? counts.errors
                                              : counts.warnings);
  }
  return counts;
}

std::string Counted(std::size_t number, std::string_view noun) {
  return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

std::string Heading(const Counts& counts) {
  std::string text = Counted(counts.errors, "error") + ", " + Counted(counts.warnings, "warning");
  if (counts.waived > 0) {
    text += fmt::format(", {} waived", counts.waived);
  }
  return text;
}

std::string Row(const Finding& finding) {
  const std::string advice =
      finding.waiver ? "waived: " + EscapeMarkdown(*finding.waiver) : EscapeMarkdown(finding.hint);
  return fmt::format("| {} | <code>{}:{}:{}</code> | {} (<code>{}</code>) | {} |\n",
                     finding.waiver ? "waived" : SeverityName(finding.severity), EscapeMarkdown(finding.path),
                     finding.line, finding.column, EscapeMarkdown(finding.message), finding.rule, advice);
}

}  // namespace

std::string EscapeMarkdown(std::string_view text) {
  // As character references, which are text wherever they stand: in a table, in <code>, at a line's
  // beginning.
  constexpr std::string_view kMarkup = "&<>|`*_[]()#~\\!@:$\"";
  // Control and bidirectional characters first, as on a terminal.
  std::string escaped;
  for (const char c : EscapeForTerminal(text)) {
    if (kMarkup.find(c) != std::string_view::npos) {
      escaped += fmt::format("&#{};", static_cast<int>(c));
    } else {
      escaped += c;
    }
  }
  // A link is made of a bare "www." too.
  for (std::size_t at = 0; (at = escaped.find("www.", at)) != std::string::npos;) {
    escaped.replace(at + 3, 1, "&#46;");
  }
  return escaped;
}

std::string FindingsMarkdown(const std::vector<Finding>& findings) {
  if (findings.empty()) {
    return "No findings.\n";
  }
  std::string text = fmt::format("**{}**\n\n| | where | what | what to do |\n|---|---|---|---|\n",
                                 Heading(CountOf(findings)));
  for (const Finding& finding : findings) {
    text += Row(finding);
  }
  return text;
}

}  // namespace paliad
