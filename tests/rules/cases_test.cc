// The folders under tests/testdata/rules, see the README there.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "migrations/migration_set.h"
#include "policies/rules.h"

namespace paliad {
namespace {

namespace fs = std::filesystem;

constexpr char kFolder[] = "tests/testdata/rules";
constexpr int kLeastCases = 3;

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Every rule off but `rule`, which finds at least warnings.
Policy PolicyOfOnly(const std::string& rule) {
  Policy policy = DefaultPolicy();
  for (auto& [id, setting] : policy.rules) {
    const Severity severity = FindRule(id)->default_severity;
    setting.severity = id != rule                   ? Severity::kOff
                       : severity == Severity::kOff ? Severity::kWarning
                                                    : severity;
  }
  return policy;
}

Migration MigrationOf(const fs::path& path) {
  SourceTree tree;
  tree.path = "migrations";
  tree.entries.push_back({.name = "001_" + path.stem().string() + ".up.sql",
                          .kind = EntryKind::kFile,
                          .blob_id = "",
                          .nested_sql = {}});
  return MakeMigrationSet(tree).migrations.at(0);
}

std::string FindingsIn(const std::string& rule, const fs::path& path) {
  const Migration migration = MigrationOf(path);
  const std::string text = ReadFile(path);
  EXPECT_TRUE(CheckContents(migration, text).empty());
  std::string all;
  for (const Finding& finding : CheckSql(migration, text, ParseSqlFile(text), PolicyOfOnly(rule), {})) {
    all += Render(ToDiagnostic(finding));
  }
  return all;
}

class Case : public ::testing::Test {
 public:
  Case(std::string rule, fs::path path) : rule_(std::move(rule)), path_(std::move(path)) {}

  void TestBody() override {
    const std::string found = FindingsIn(rule_, path_);
    if (path_.filename().string().starts_with("good-")) {
      EXPECT_EQ(found, "");
      return;
    }
    const fs::path expected = fs::path(path_).replace_extension(".expected");
    if (std::getenv("PALIAD_UPDATE_EXPECTED") != nullptr) {
      std::ofstream(expected, std::ios::binary) << found;
    }
    EXPECT_NE(found, "");
    EXPECT_EQ(found, ReadFile(expected));
  }

 private:
  std::string rule_;
  fs::path path_;
};

class EnoughCases : public ::testing::Test {
 public:
  EnoughCases(int bad, int good) : bad_(bad), good_(good) {}

  void TestBody() override {
    EXPECT_GE(bad_, kLeastCases);
    EXPECT_GE(good_, kLeastCases);
  }

 private:
  int bad_;
  int good_;
};

// Whether the folder is of a rule that CheckSql asks.
bool IsOfSql(const RuleInfo& rule) {
  return rule.check != nullptr || rule.id == "syntax" || rule.id == "waiver";
}

template <class Make>
void Register(const std::string& suite, const std::string& name, Make make) {
  ::testing::RegisterTest(suite.c_str(), name.c_str(), nullptr, nullptr, __FILE__, __LINE__, make);
}

void RegisterRule(const RuleInfo& rule) {
  const std::string id(rule.id);
  std::vector<fs::path> files;
  if (fs::exists(fs::path(kFolder) / id)) {
    for (const fs::directory_entry& entry : fs::directory_iterator(fs::path(kFolder) / id)) {
      if (entry.path().extension() == ".sql") {
        files.push_back(entry.path());
      }
    }
  }
  std::sort(files.begin(), files.end());
  int bad = 0;
  int good = 0;
  for (const fs::path& file : files) {
    ++(file.filename().string().starts_with("bad-") ? bad : good);
    Register(id, file.stem().string(), [id, file]() -> ::testing::Test* { return new Case(id, file); });
  }
  Register(id, "has-enough-cases", [bad, good]() -> ::testing::Test* { return new EnoughCases(bad, good); });
}

}  // namespace
}  // namespace paliad

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  for (const paliad::RuleInfo& rule : paliad::AllRules()) {
    if (paliad::IsOfSql(rule)) {
      paliad::RegisterRule(rule);
    }
  }
  return RUN_ALL_TESTS();
}
