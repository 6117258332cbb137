#include "policies/finding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"

namespace paliad {
namespace {

using ::testing::ElementsAre;

Finding Example() {
  Finding finding;
  finding.rule = "version-collision";
  finding.path = "migrations/003_c.up.sql";
  finding.line = 2;
  finding.column = 4;
  finding.version = 3;
  finding.message = "two files";
  finding.hint = "rename one";
  finding.source_line = "-- abc";
  return finding;
}

TEST(Finding, JsonHasThePublicShape) {
  EXPECT_EQ(
      DumpJson(ToJson(Example())),
      R"({"rule":"version-collision","severity":"error","path":"migrations/003_c.up.sql","line":2,"column":4,)"
      R"("version":3,"message":"two files","hint":"rename one","waived":false,"waiver":null})");
  Finding other;
  other.rule = "file-name";
  other.severity = Severity::kWarning;
  EXPECT_EQ(
      DumpJson(ToJson(std::vector<Finding>{other})),
      R"([{"rule":"file-name","severity":"warning","path":"","line":1,"column":1,"version":null,"message":"",)"
      R"("hint":"","waived":false,"waiver":null}])");
  EXPECT_EQ(DumpJson(ToJson(std::vector<Finding>{})), "[]");
}

TEST(Finding, TheDiagnosticNamesTheRule) {
  EXPECT_EQ(Render(ToDiagnostic(Example())),
            "migrations/003_c.up.sql:2:4: error: two files [version-collision]\n"
            "  -- abc\n"
            "     ^\n"
            "  hint: rename one\n");
}

TEST(Finding, OrderIsByPathLineColumnRule) {
  std::vector<Finding> findings;
  const auto add = [&](std::string path, int line, int column, std::string rule) {
    Finding finding;
    finding.path = std::move(path);
    finding.line = line;
    finding.column = column;
    finding.rule = std::move(rule);
    findings.push_back(finding);
  };
  add("b", 1, 1, "a");
  add("a", 10, 1, "a");
  add("a", 2, 3, "b");
  add("a", 2, 3, "a");
  add("a", 2, 1, "z");
  SortFindings(findings);
  std::vector<std::string> got;
  for (const Finding& f : findings) {
    got.push_back(f.path + std::to_string(f.line) + ":" + std::to_string(f.column) + f.rule);
  }
  EXPECT_THAT(got, ElementsAre("a2:1z", "a2:3a", "a2:3b", "a10:1a", "b1:1a"));
}

TEST(Finding, OnlyErrorsAreErrors) {
  Finding finding = Example();
  EXPECT_TRUE(HasErrors({finding}));
  finding.severity = Severity::kWarning;
  EXPECT_FALSE(HasErrors({finding}));
  EXPECT_FALSE(HasErrors({}));
  EXPECT_EQ(SeverityName(Severity::kOff), "off");
}

}  // namespace
}  // namespace paliad
