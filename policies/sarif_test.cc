// What code-scanning services ask of the document; //tests/sarif validates it against the schema of
// SARIF 2.1.0.
#include "policies/sarif.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "policies/rules.h"

namespace paliad {
namespace {

Finding Example() {
  Finding finding;
  finding.rule = "drop";
  finding.severity = Severity::kError;
  finding.path = "migrations/007_ä b.up.sql";
  finding.line = 3;
  finding.column = 5;
  finding.message = "message";
  finding.hint = "hint";
  finding.source_line = "SELECT 1;";
  return finding;
}

TEST(Sarif, AResultSaysRuleLevelAndPlace) {
  const OrderedJson sarif = FindingsSarif({Example()}, "1.2.3");
  EXPECT_EQ(sarif["version"], "2.1.0");
  const OrderedJson& run = sarif["runs"][0];
  EXPECT_EQ(run["tool"]["driver"]["version"], "1.2.3");
  EXPECT_EQ(run["columnKind"], "unicodeCodePoints");
  EXPECT_EQ(DumpJson(run["results"]),
            R"([{"ruleId":"drop","ruleIndex":26,"level":"error","message":{"text":"message\nhint"},)"
            R"("locations":[{"physicalLocation":{"artifactLocation":)"
            R"({"uri":"migrations/007_%C3%A4%20b.up.sql","uriBaseId":"%SRCROOT%"},)"
            R"("region":{"startLine":3,"startColumn":5,"snippet":{"text":"SELECT 1;"}}}}]}])");
}

TEST(Sarif, AWaivedFindingIsSuppressedWithItsReason) {
  Finding waived = Example();
  waived.waiver = "see #812";
  const OrderedJson sarif = FindingsSarif({waived}, "1");
  EXPECT_EQ(DumpJson(sarif["runs"][0]["results"][0]["suppressions"]),
            R"([{"kind":"inSource","justification":"see #812"}])");
}

TEST(Sarif, EveryRuleIsListedAtItsIndex) {
  const OrderedJson rules = FindingsSarif({}, "1")["runs"][0]["tool"]["driver"]["rules"];
  ASSERT_EQ(rules.size(), AllRules().size());
  for (std::size_t i = 0; i < rules.size(); ++i) {
    EXPECT_EQ(rules[i]["id"], AllRules()[i].id);
  }
}

TEST(Sarif, BytesThatAreNoTextDoNotBreakTheDocument) {
  Finding finding = Example();
  finding.path = "migrations/\xff.sql";
  finding.source_line = "\xff";
  EXPECT_NE(DumpJson(FindingsSarif({finding}, "1")).find("migrations/%FF.sql"), std::string::npos);
}

}  // namespace
}  // namespace paliad
