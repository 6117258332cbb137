#include "base/csv.h"

#include <algorithm>

namespace paliad {
namespace {

// What a spreadsheet takes for the beginning of a formula.
// https://owasp.org/www-community/attacks/CSV_Injection
constexpr std::string_view kFormulas[] = {"=", "+", "-", "@", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"};

bool BeginsFormula(std::string_view text) {
  return std::any_of(std::begin(kFormulas), std::end(kFormulas),
                     [&](std::string_view sign) { return text.substr(0, sign.size()) == sign; });
}

// Characters after which a reader with another separator may see a new cell.
bool MayEndCell(char c) { return c == ';' || c == '\t' || c == '\n' || c == '\r'; }

// Characters that readers skip or drop before they look whether a cell is a formula.
bool IsSkipped(char c) { return c == ' ' || c == '"'; }

}  // namespace

std::string CsvCell(std::string_view text) {
  std::string cell;
  bool at_start = true;
  // A tab or CR in front is itself what some readers run.
  if (!text.empty() && (text[0] == '\t' || text[0] == '\r')) {
    cell += '\'';
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (at_start && BeginsFormula(text.substr(i))) {
      cell += '\'';
    }
    cell += text[i];
    if (text[i] == '"') {
      cell += '"';
    }
    at_start = MayEndCell(text[i]) || (at_start && IsSkipped(text[i]));
  }
  const bool quoted = text.find_first_of(",;\"\t\r\n") != std::string_view::npos ||
                      (!text.empty() && (text.front() == ' ' || text.back() == ' '));
  return quoted ? '"' + cell + '"' : cell;
}

std::string CsvRow(const std::vector<std::string>& cells) {
  std::string row;
  for (const std::string& cell : cells) {
    row += (&cell == &cells.front() ? "" : ",") + CsvCell(cell);
  }
  return row + "\r\n";
}

}  // namespace paliad
