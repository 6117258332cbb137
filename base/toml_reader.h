// Reading TOML so that every mistake is found in one go, with its place and its line. For the reader's own
// mistakes see policies/policy_file.cc. Heavy to compile: include it in .cc files only.
#ifndef PALIAD_BASE_TOML_READER_H_
#define PALIAD_BASE_TOML_READER_H_

// toml++ 3.3 asserts, where NDEBUG is not set, what its own next lines report as an error of the file: a key
// that begins with a character that no key may have ("a. = 1").
#define TOML_ASSERT(expr) static_assert(true)
#include <toml++/toml.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/line_index.h"

namespace paliad {

class TomlReader {
 public:
  // Refers to `text`, which must outlive it; `path` is only shown.
  TomlReader(std::string_view text, std::string path);

  // Nothing if it is not TOML, which is then a problem: the first mistake, since TOML's grammar cannot go on
  // after one.
  std::optional<toml::table> Parse();

  // Reports each key of `table` that is not in `known`, with the nearest one that is. `what` is what the keys
  // are: "unknown key 'brnach' (did you mean 'branch'?)".
  void RejectUnknownKeys(const toml::table& table, const std::vector<std::string_view>& known,
                         std::string_view what = "key");

  // An error at the place of a value, or of a key.
  void Report(const toml::node& node, std::string message, std::string hint = "");
  void Report(const toml::key& key, std::string message, std::string hint = "");

  // An error where the file as a whole lacks something.
  void Report(std::string message, std::string hint = "");

  // In the file's order.
  const std::vector<Diagnostic>& problems() const { return problems_; }
  std::vector<Diagnostic> TakeProblems() &&;

 private:
  void ReportAt(const toml::source_position& position, std::string message, std::string hint);

  std::string_view text_;
  std::string path_;
  LineIndex lines_;
  std::vector<Diagnostic> problems_;
};

}  // namespace paliad

#endif  // PALIAD_BASE_TOML_READER_H_
