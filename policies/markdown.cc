#include "policies/markdown.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace paliad {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsHexDigit(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

std::string Counted(std::size_t number, std::string_view noun) {
  return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

// `at_start`: nothing of a line comes before it.
std::string Escape(std::string_view text, bool at_start) {
  // As character references, which are text wherever they stand: in a table, in <code>, at a line's
  // beginning.
  constexpr std::string_view kMarkup = "&<>|`*_[]()#~\\!@:$\"";
  // Control and bidirectional characters first, as on a terminal.
  std::string escaped;
  for (const char c : EscapeForTerminal(text)) {
    // A slash at a line's beginning makes a command of it on GitLab.
    const bool command = at_start && c == '/' && escaped.find_first_not_of(' ') == std::string::npos;
    if (command || kMarkup.find(c) != std::string_view::npos) {
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

std::string Row(const Finding& finding) {
  const std::string advice =
      finding.waiver ? "waived: " + EscapeMarkdownProse(*finding.waiver) : EscapeMarkdownProse(finding.hint);
  return fmt::format("| {} | <code>{}:{}:{}</code> | {} (<code>{}</code>) | {} |\n",
                     finding.waiver ? "waived" : SeverityName(finding.severity), EscapeMarkdown(finding.path),
                     finding.line, finding.column, EscapeMarkdownProse(finding.message), finding.rule,
                     advice);
}

}  // namespace

std::string CountFindings(const std::vector<Finding>& findings) {
  const auto count = [&](auto is_one) {
    return static_cast<std::size_t>(std::count_if(findings.begin(), findings.end(), is_one));
  };
  const std::size_t waived = count([](const Finding& finding) { return finding.waiver.has_value(); });
  const std::size_t errors =
      count([](const Finding& finding) { return !finding.waiver && finding.severity == Severity::kError; });
  std::string text = Counted(errors, "error") + ", " + Counted(findings.size() - errors - waived, "warning");
  if (waived > 0) {
    text += fmt::format(", {} waived", waived);
  }
  return text;
}

std::string EscapeMarkdown(std::string_view text) { return Escape(text, /*at_start=*/true); }

std::string EscapeMarkdownProse(std::string_view text) {
  // GitHub: @mention, #1, GH-1, :emoji:; GitLab also !1, $1, %1, ~label, &1, ^alert#1; Gitea also ABC-1.
  // Addresses: scheme://, www., name@host. Commits: 7 and more hex digits.
  constexpr std::string_view kBegin = "@#!$%~&^:";
  constexpr std::string_view kBreak = "&#8203;";
  constexpr std::size_t kCommitDigits = 6;
  std::string prose;
  std::size_t hex_digits = 0;
  std::string plain;  // that was not escaped yet
  const auto flush = [&] {
    prose += Escape(plain, prose.empty());
    plain.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool more = i + 1 < text.size() && text[i + 1] != ' ';
    hex_digits = IsHexDigit(c) ? hex_digits + 1 : 0;
    plain += c;
    const bool issue = c == '-' && i > 0 && IsUpper(text[i - 1]) && more && IsDigit(text[i + 1]);
    const bool address = c == 'w' && std::string_view(plain).ends_with("www") && more && text[i + 1] == '.';
    const bool commit = hex_digits == kCommitDigits && more && IsHexDigit(text[i + 1]);
    if ((more && kBegin.find(c) != std::string_view::npos) || issue || address || commit) {
      flush();
      prose += kBreak;
      hex_digits = 0;
    }
  }
  flush();
  return prose;
}

std::string FindingsMarkdown(const std::vector<Finding>& findings) {
  if (findings.empty()) {
    return "No findings.\n";
  }
  std::string text =
      fmt::format("**{}**\n\n| | where | what | what to do |\n|---|---|---|---|\n", CountFindings(findings));
  for (const Finding& finding : findings) {
    text += Row(finding);
  }
  return text;
}

}  // namespace paliad
