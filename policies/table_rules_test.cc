// The rules of tables, indexes and rows in files whose trees are compact: without places and constants.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <string>

#include "policies/rendered.h"
#include "policies/rules.h"

namespace paliad {
namespace {

using ::testing::ElementsAre;

// "line:column rule" by the default policy.
std::vector<std::string> AllPlaces(const std::string& text) {
  std::vector<std::string> places;
  for (const Finding& finding : CheckTextBy(DefaultPolicy(), text)) {
    places.push_back(std::to_string(finding.line) + ":" + std::to_string(finding.column) + " " +
                     finding.rule);
  }
  return places;
}

std::string LargeFile() {
  std::string text;
  while (text.size() <= kCompactFileBytes) {
    text += "INSERT INTO public.office (id, city) VALUES (12345, 'some text here');\n";
  }
  text += "SELECT 1;\n";
  return text;
}

std::string AtLine(const std::string& text, int column, const std::string& rule) {
  return std::to_string(std::count(text.begin(), text.end(), '\n') + 1) + ":" + std::to_string(column) + " " +
         rule;
}

TEST(TableRules, FindTheStatementInALargeFile) {
  const std::string start = LargeFile();
  const std::pair<std::string, std::string> kCases[] = {
      {"CREATE INDEX ON public.office (city);", "index-not-concurrent"},
      {"ALTER TABLE public.office ADD CHECK (city <> '');", "constraint-validates"},
      {"ALTER TABLE public.office ADD UNIQUE (city);", "unique-builds-index"},
      {"ALTER TABLE public.office ALTER city TYPE varchar(20);", "table-rewrite"},
      {"ALTER TABLE public.office ADD x text DEFAULT random();", "table-rewrite"},
      {"ALTER TABLE public.office ADD x text NOT NULL;", "required-column"},
      {"LOCK TABLE public.office;", "explicit-lock"},
      {"SET LOCAL session_replication_role = replica;", "explicit-lock"},
      {"ALTER TABLE public.office RENAME city TO town;", "rename"},
      {"DROP TABLE public.office;", "drop"},
      {"DELETE FROM public.office;", "data-loss"},
      {"DELETE FROM public.office WHERE true;", "data-loss"},
  };
  for (const auto& [statement, rule] : kCases) {
    EXPECT_THAT(AllPlaces(start + statement), ElementsAre(AtLine(start, 1, rule))) << statement;
  }
}

TEST(TableRules, FindNoMoreInALargeFileThanInASmallOne) {
  const std::string text = LargeFile() +
                           "UPDATE public.office SET city = 'x' WHERE id = 1;\n"
                           "DELETE FROM public.office WHERE 'a' = 'b';\n"
                           "ALTER TABLE public.office ADD x text NOT NULL DEFAULT 'x';\n"
                           "SET LOCAL session_replication_role = origin;\n";
  EXPECT_THAT(AllPlaces(text), ElementsAre());
}

// Each statement looks at what the ones before it did: that may not be read from the start each time.
TEST(TableRules, TakeLinearTime) {
  std::string text;
  for (int i = 0; i < 25000; ++i) {
    const std::string n = std::to_string(i);
    text += "ALTER TABLE t ADD CONSTRAINT c" + n + " CHECK (a" + n + " IS NOT NULL) NOT VALID;";
    text += "ALTER TABLE t VALIDATE CONSTRAINT c" + n + "; ALTER TABLE t ALTER a" + n + " SET NOT NULL;";
    text +=
        "DROP VIEW v; CREATE VIEW v AS SELECT 1; DROP FUNCTION f(int); ALTER TABLE u RENAME TO u" + n + ";\n";
  }
  const std::clock_t start = std::clock();
  const std::vector<Finding> findings = CheckTextBy(DefaultPolicy(), text);
  EXPECT_FALSE(findings.empty());
  EXPECT_LT(std::clock() - start, 60 * CLOCKS_PER_SEC);
}

}  // namespace
}  // namespace paliad
