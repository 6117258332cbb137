// One table of paliad.toml: typed values with their checks, each mistake reported at its place. What was not
// asked for is unknown. Heavy to compile (toml++): include it in .cc files only.
#ifndef PALIAD_CONTROLLER_CONFIG_TABLE_READER_H_
#define PALIAD_CONTROLLER_CONFIG_TABLE_READER_H_

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/toml_reader.h"
#include "controller/config/secret.h"

namespace paliad::config {

// Absolute and normalised: relative to `folder`, with a leading "~/" or "$NAME" replaced. kInvalidInput for a
// variable that is not set; $XDG_CACHE_HOME has its default.
[[nodiscard]] Result<std::string> ResolvePath(std::string_view path, const std::string& folder);

// Says what is wrong with a text; "" if nothing is.
using TextCheck = std::function<std::string(const std::string&)>;

// Refers to `toml` and `table`, which must outlive it.
class TableReader {
 public:
  TableReader(TomlReader& toml, const toml::table& table, std::string folder)
      : toml_(toml), table_(table), folder_(std::move(folder)) {}

  // Each of these reads one key. Where it is missing or wrong, `to` keeps its default.
  void Text(std::string_view key, std::string& to, const TextCheck& check = {});
  void Path(std::string_view key, std::string& to);
  void Flag(std::string_view key, bool& to);
  void Number(std::string_view key, int& to, int least, int most);
  void Duration(std::string_view key, std::chrono::milliseconds& to, std::chrono::milliseconds least);
  void Texts(std::string_view key, std::vector<std::string>& to, const TextCheck& check);

  // `key`_env or `key`_file; not both. `key` itself is an error: a secret is never written into the file.
  void ReadSecret(std::string_view key, Secret& to);

  // An error at the table: `key` is required. False if it is not there.
  bool Require(std::string_view key, std::string_view example);

  // The value, which counts as known. Null if it is not there, or is no table.
  const toml::table* Table(std::string_view key);
  const toml::node* Find(std::string_view key);

  // Reports every key that nobody asked for.
  void RejectTheRest();

  TomlReader& toml() { return toml_; }
  const toml::table& table() const { return table_; }

 private:
  std::optional<std::string> TextOf(const toml::node& node, std::string_view key);
  void EnvironmentVariable(const toml::node& node, std::string_view key, Secret& to);

  TomlReader& toml_;
  const toml::table& table_;
  const std::string folder_;
  std::vector<std::string> known_;
};

}  // namespace paliad::config

#endif  // PALIAD_CONTROLLER_CONFIG_TABLE_READER_H_
