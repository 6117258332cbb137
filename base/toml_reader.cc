#include "base/toml_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/suggestion.h"
#include "base/text.h"

namespace paliad {

TomlReader::TomlReader(std::string_view text, std::string path)
    : text_(text), path_(std::move(path)), lines_(text) {}

std::optional<toml::table> TomlReader::Parse() {
  try {
    return toml::parse(text_);
  } catch (const toml::parse_error& error) {
    ReportAt(error.source().begin, std::string(error.description()), "");
    return std::nullopt;
  }
}

void TomlReader::RejectUnknownKeys(const toml::table& table, const std::vector<std::string_view>& known,
                                   std::string_view what) {
  constexpr std::size_t kMaxShown = 100;
  for (const auto& [key, value] : table) {
    if (std::find(known.begin(), known.end(), key.str()) != known.end()) {
      continue;
    }
    const std::optional<std::string_view> nearest = Nearest(key.str(), known);
    Report(key, fmt::format("unknown {} '{}'{}", what, Truncate(key.str(), kMaxShown),
                            nearest ? fmt::format(" (did you mean '{}'?)", *nearest) : ""));
  }
}

void TomlReader::Report(const toml::node& node, std::string message, std::string hint) {
  ReportAt(node.source().begin, std::move(message), std::move(hint));
}

void TomlReader::Report(const toml::key& key, std::string message, std::string hint) {
  ReportAt(key.source().begin, std::move(message), std::move(hint));
}

void TomlReader::Report(std::string message, std::string hint) {
  ReportAt({}, std::move(message), std::move(hint));
}

// toml++ counts columns in code points, from 1, as we do.
void TomlReader::ReportAt(const toml::source_position& position, std::string message, std::string hint) {
  Diagnostic problem{.path = path_,
                     .line = static_cast<int>(position.line),
                     .column = static_cast<int>(position.column),
                     .severity = "error",
                     .message = std::move(message),
                     .source_line = "",
                     .hint = std::move(hint)};
  if (problem.line > 0) {
    problem.source_line = lines_.Line(problem.line);
  }
  // Kept in the file's order: tables are in the order of their keys.
  const auto place = [](const Diagnostic& d) { return std::tuple(d.line, d.column); };
  const auto at = std::upper_bound(problems_.begin(), problems_.end(), problem,
                                   [&](const auto& a, const auto& b) { return place(a) < place(b); });
  problems_.insert(at, std::move(problem));
}

std::vector<Diagnostic> TomlReader::TakeProblems() && { return std::move(problems_); }

}  // namespace paliad
