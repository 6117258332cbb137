// The grammar of paliad.toml. Heavy to compile (toml++): include it in .cc files only.
#ifndef PALIAD_CONTROLLER_CONFIG_CONFIG_READER_H_
#define PALIAD_CONTROLLER_CONFIG_CONFIG_READER_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"
#include "base/toml_reader.h"
#include "controller/config/config.h"
#include "controller/config/table_reader.h"
#include "controller/config/target_conflicts.h"

namespace paliad::config {

class ConfigReader {
 public:
  // `text` must outlive it.
  ConfigReader(std::string_view text, const std::string& path);

  // As ParseConfig.
  [[nodiscard]] tl::expected<Config, std::vector<Diagnostic>> Read() &&;

 private:
  void ReadRoot(const toml::table& root);
  void ReadController(const toml::table& table);
  void ReadHttp(const toml::table& table);
  void ReadListen(TableReader& reader);
  void ReadTargets(const toml::node* node);
  TargetConfig ReadTarget(const toml::table& table);
  void ReadRepository(TableReader& reader, TargetConfig& config);
  void ReadDatabase(TableReader& reader, TargetConfig& config);
  void ReadCore(TableReader& reader, TargetConfig& config);
  LedgerSettings ReadLedger(const toml::table& table);
  ForgeConfig ReadForge(const toml::table& table);

  TomlReader toml_;
  std::string folder_;  // of the file, absolute
  Config config_;
};

}  // namespace paliad::config

#endif  // PALIAD_CONTROLLER_CONFIG_CONFIG_READER_H_
