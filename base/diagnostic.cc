#include "base/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace paliad {
namespace {

// A longer line (a 20 MiB literal) is shown as this many code points around the column.
constexpr int kMaxShownColumns = 120;

struct Excerpt {
  std::string text;  // escaped
  int caret = 0;     // columns before the caret in `text`
};

bool IsContinuationByte(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::size_t ByteOfColumn(std::string_view line, int column) {
  int seen = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (!IsContinuationByte(line[at]) && ++seen == column) {
      return at;
    }
  }
  return line.size();
}

int CountColumns(std::string_view text) {
  return static_cast<int>(text.size() - std::count_if(text.begin(), text.end(), IsContinuationByte));
}

Excerpt MakeExcerpt(std::string_view line, int column) {
  const int first = std::max(1, column - kMaxShownColumns / 2);
  const std::size_t begin = ByteOfColumn(line, first);
  const std::size_t end = ByteOfColumn(line, first + kMaxShownColumns);
  const std::size_t at = std::clamp(ByteOfColumn(line, column), begin, end);
  const std::string before = EscapeForTerminal(line.substr(begin, at - begin));
  const std::string lead = first > 1 ? "…" : "";
  return {
      .text = lead + before + EscapeForTerminal(line.substr(at, end - at)) + (end < line.size() ? "…" : ""),
      .caret = CountColumns(lead) + CountColumns(before)};
}

}  // namespace

std::string Render(const Diagnostic& d, bool color) {
  const char* bold = color ? "\033[1m" : "";
  const char* tint = !color ? "" : d.severity == "error" ? "\033[1;31m" : "\033[1;33m";
  const char* reset = color ? "\033[0m" : "";
  std::string place = EscapeForTerminal(d.path);
  if (d.line > 0) {
    place += fmt::format(":{}", d.line);
    if (d.column > 0) {
      place += fmt::format(":{}", d.column);
    }
  }
  std::string out = fmt::format("{}{}:{} {}{}:{} {}\n", bold, place, reset, tint, d.severity, reset,
                                EscapeForTerminal(d.message, /*multiline=*/true));
  if (!d.source_line.empty() && d.column > 0) {
    const Excerpt excerpt = MakeExcerpt(d.source_line, d.column);
    out += fmt::format("  {}\n  {}{}^{}\n", excerpt.text, std::string(excerpt.caret, ' '), tint, reset);
  }
  if (!d.hint.empty()) {
    out += fmt::format("  {}hint:{} {}\n", bold, reset, EscapeForTerminal(d.hint, /*multiline=*/true));
  }
  return out;
}

}  // namespace paliad
