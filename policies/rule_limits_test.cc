// What the rules make of files that are large, or made to be slow.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <set>
#include <string>

#include "policies/rendered.h"
#include "policies/rules.h"

namespace paliad {
namespace {

using ::testing::IsSupersetOf;

Policy EveryRule() {
  Policy policy = DefaultPolicy();
  for (auto& [id, setting] : policy.rules) {
    setting.severity = Severity::kError;
  }
  return policy;
}

std::set<std::string> RulesThatFind(const std::string& text) {
  std::set<std::string> rules;
  for (const Finding& finding : CheckTextBy(EveryRule(), text)) {
    rules.insert(finding.rule);
  }
  return rules;
}

std::string Repeated(const std::string& text, std::size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) {
    all += text;
  }
  return all;
}

// In a file over kCompactFileBytes trees have no places and no constants.
TEST(RuleLimits, RulesFindWhatTheyCanInACompactTree) {
  const std::string rows = Repeated("INSERT INTO app.t (a, b) VALUES (12345, 'some text here');\n", 30000);
  const std::string statements =
      "COPY app.t TO '/tmp/t'; SELECT pg_read_file('x'); CREATE EXTENSION dblink;\n"
      "DO $$ BEGIN PERFORM lo_export(1, 'x'); END $$; SET search_path = app; RESET ALL;\n"
      "CREATE FUNCTION app.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';\n"
      "GRANT SELECT ON app.t TO PUBLIC; ALTER TABLE app.t ADD COLUMN IF NOT EXISTS c char(3);\n"
      "SELECT 1 AS " +
      std::string(70, 'n') + "; RESET search_path; CREATE TABLE office (id int PRIMARY KEY, j json);\n";
  EXPECT_THAT(RulesThatFind(rows + statements),
              IsSupersetOf({"host-access", "opaque", "session-state", "unsafe-function", "privileges",
                            "if-exists-hides", "long-identifier", "types"}));
  EXPECT_THAT(RulesThatFind(rows), ::testing::IsEmpty());
}

// Shapes for which a rule would take quadratic time if it walked the statement, the file or a name's
// namesakes once for each thing that it finds.
TEST(RuleLimits, NoFileOfAFewMegabytesTakesLong) {
  const std::string quotes(20000, '\'');
  const std::string kCases[] = {
      "SELECT " + Repeated("f('pg_read_file(1)'),", 40000) + "1",
      "SELECT " + Repeated("f(", 3000) + "'pg_read_file(1)'" + std::string(3000, ')'),
      Repeated("SELECT pg_read_file('x');", 100000),
      "DO $$ " + Repeated("copy from ", 400000) + "$$",
      "DO $$ " + Repeated("execute 'copy t to ' ", 200000) + "$$",
      "DO $$ EXECUTE " + quotes + "'x'" + quotes + " $$",
      "DO $a$ " + Repeated("$b$ execute $c$ ", 200000) + "$a$",
      "CREATE FUNCTION f() RETURNS int LANGUAGE plperl AS $a$ " + Repeated("pg_read_file ", 300000) + "$a$",
      Repeated("CREATE FUNCTION a.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS ''; SELECT b.f();", 30000),
      Repeated("ALTER FUNCTION f(int) SECURITY DEFINER;", 60000),
      "DROP ROLE " + Repeated("a,", 200000) + "a",
      "SELECT " + Repeated("1 AS " + std::string(70, 'n') + ",", 12000) + "1",
      "SELECT 1 AS \"" + std::string(900000, 'n') + "\"",
      Repeated("ALTER TABLE t ADD a int PRIMARY KEY, ADD FOREIGN KEY (a) REFERENCES u;", 40000),
      Repeated("ALTER TABLE t ATTACH PARTITION u DEFAULT;", 40000),
      "-- paliad:no-transaction\n" + Repeated("SELECT set_config('client_encoding', 'SJIS', false);", 20000),
      "GRANT SELECT ON " + Repeated("t,", 100000) + "t TO PUBLIC" + Repeated(",PUBLIC", 60000),
  };
  for (const std::string& text : kCases) {
    const std::clock_t start = std::clock();
    CheckTextBy(EveryRule(), text);
    const std::clock_t took = std::clock() - start;
    // Each takes a second or two of a core, whatever else runs; the limit only catches what grows with the
    // square.
    EXPECT_LT(took, 20 * CLOCKS_PER_SEC) << text.substr(0, 60);
  }
}

}  // namespace
}  // namespace paliad
