// The pages under docs/rules: each rule has one, and the SQL in it runs and is judged as the page says. A
// fenced block says what it is in its first line: ```sql setup, ```sql bad, ```sql instead; ```sql refused is
// bad SQL that PostgreSQL would not run either. Each block is one migration. And the index, README.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "migrations/migration_set.h"
#include "policies/policy_file.h"
#include "policies/rules.h"
#include "tests/support/pg_client.h"
#include "tests/support/postgres_server.h"

namespace paliad {
namespace {

struct Block {
  std::string kind;  // "setup", "bad", "instead", "refused"
  std::string sql;
};

struct Page {
  std::string text;
  std::vector<Block> blocks;
};

Page ReadPage(const std::string& rule) {
  Page page;
  std::ifstream file("docs/rules/" + rule + ".md");
  EXPECT_TRUE(file.good()) << "docs/rules/" << rule << ".md is missing";
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    page.text += line + "\n";
    if (inside && line == "```") {
      inside = false;
    } else if (inside) {
      page.blocks.back().sql += line + "\n";
    } else if (line.starts_with("```sql")) {
      inside = true;
      page.blocks.push_back({.kind = line.substr(std::min(line.size(), sizeof "```sql")), .sql = ""});
    }
  }
  return page;
}

std::vector<Finding> Check(const std::string& sql, const Policy& policy) {
  SourceTree tree;
  tree.path = "migrations";
  tree.entries.push_back(
      {.name = "001_page.up.sql", .kind = EntryKind::kFile, .blob_id = "", .nested_sql = {}});
  return CheckSql(MakeMigrationSet(tree).migrations.at(0), sql, ParseSqlFile(sql), policy, {});
}

std::string Rendered(const std::vector<Finding>& findings) {
  std::string all;
  for (const Finding& finding : findings) {
    all += Render(ToDiagnostic(finding));
  }
  return all;
}

// What `rule` alone says of it, however the policy sees that rule.
std::string FoundBy(const std::string& rule, const std::string& sql) {
  Policy policy = DefaultPolicy();
  policy.rules[rule].severity = Severity::kError;
  std::vector<Finding> findings = Check(sql, policy);
  std::erase_if(findings, [&](const Finding& finding) { return finding.rule != rule || finding.waiver; });
  return Rendered(findings);
}

// As the controller would: one transaction, or statement by statement.
void RunMigration(testing::PgConnection& connection, const std::string& sql) {
  const SqlFile file = ParseSqlFile(sql);
  ASSERT_FALSE(file.error) << file.error->message << "\n" << sql;
  if (!file.no_transaction) {
    connection.Exec("BEGIN;" + sql + ";COMMIT;");
    return;
  }
  for (const Statement& statement : file.statements) {
    connection.Exec(sql.substr(statement.begin, statement.end - statement.begin));
  }
}

// The page's `setup` blocks and then those of `kind`, in a database of their own.
void RunBlocks(const Page& page, const std::string& kind) {
  testing::PgConnection connection(testing::PostgresServer::Shared().CreateDatabase());
  for (const Block& block : page.blocks) {
    if (block.kind == "setup" || block.kind == kind) {
      try {
        RunMigration(connection, block.sql);
      } catch (const testing::PgError& error) {
        FAIL() << error.what() << "\nin\n" << block.sql;
      }
    }
  }
}

class RulePage : public ::testing::TestWithParam<std::string> {};

TEST_P(RulePage, SaysWhyAndWhatToWriteInstead) {
  const Page page = ReadPage(GetParam());
  EXPECT_TRUE(page.text.starts_with("# " + GetParam() + "\n"));
  for (const char* heading : {"\n## Why\n", "\n## Instead\n", "\n## When to waive\n"}) {
    EXPECT_NE(page.text.find(heading), std::string::npos) << "no" << heading;
  }
}

TEST_P(RulePage, ItsSqlRunsAndIsJudgedAsItSays) {
  const std::string rule = GetParam();
  const Page page = ReadPage(rule);
  int bad = 0;
  int instead = 0;
  for (const Block& block : page.blocks) {
    if (block.kind == "bad" || block.kind == "refused") {
      ++bad;
      EXPECT_NE(FoundBy(rule, block.sql), "") << "not found in\n" << block.sql;
    } else if (block.kind == "instead") {
      ++instead;
      EXPECT_EQ(FoundBy(rule, block.sql), "") << "found in\n" << block.sql;
      const std::vector<Finding> findings = Check(block.sql, DefaultPolicy());
      EXPECT_FALSE(HasErrors(findings)) << Rendered(findings);
    } else {
      EXPECT_EQ(block.kind, "setup") << "what is this block?\n" << block.sql;
    }
  }
  const RuleInfo& info = *FindRule(rule);
  if (info.check != nullptr || rule == "syntax" || rule == "waiver") {
    EXPECT_GT(bad, 0);
    EXPECT_GT(instead, 0);
  }
  RunBlocks(page, "bad");
  RunBlocks(page, "instead");
}

// "| [`drop`](drop.md) | warning |": how the index shows each rule, and how its row ends.
std::string RowOf(const RuleInfo& rule) {
  const std::string id(rule.id);
  return "| [`" + id + "`](" + id + ".md) | " + std::string(SeverityName(rule.default_severity)) + " | ";
}

std::string_view EndOfRow(Latitude latitude) {
  switch (latitude) {
    case Latitude::kFree:
      return " | yes |";
    case Latitude::kSeverity:
      return " | no; never off |";
    case Latitude::kFixed:
      return " | no |";
  }
  return "";
}

// The text of the README's blocks of one language, each with its last line's end.
std::vector<std::string> BlocksOfIndex(const std::string& language) {
  std::vector<std::string> blocks;
  std::ifstream file("docs/rules/README.md");
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line == "```" + language) {
      blocks.emplace_back();
    } else if (inside && line != "```") {
      blocks.back() += line + "\n";
    }
    inside = line == "```" + language || (inside && line != "```");
  }
  return blocks;
}

TEST(RuleIndex, HasEachRuleWithItsDefaultSeverityAndWhatAPolicyMayDoToIt) {
  const std::string text = ReadPage("README").text;
  for (const RuleInfo& rule : AllRules()) {
    const std::size_t row = text.find("\n" + RowOf(rule));
    ASSERT_NE(row, std::string::npos) << RowOf(rule);
    const std::string line = text.substr(row + 1, text.find('\n', row + 1) - row - 1);
    EXPECT_TRUE(line.ends_with(EndOfRow(rule.latitude))) << line;
  }
}

TEST(RuleIndex, ItsPoliciesAndWaiversAreRight) {
  const std::vector<std::string> policies = BlocksOfIndex("toml");
  const std::vector<std::string> waived = BlocksOfIndex("sql");
  EXPECT_FALSE(policies.empty());
  EXPECT_FALSE(waived.empty());
  for (const std::string& policy : policies) {
    const Result<Policy> read = ReadPolicy(policy, "policy.toml");
    EXPECT_TRUE(read.has_value()) << (read ? "" : read.error().cause);
  }
  for (const std::string& sql : waived) {
    const std::vector<Finding> findings = Check(sql, DefaultPolicy());
    EXPECT_FALSE(findings.empty());
    for (const Finding& finding : findings) {
      EXPECT_TRUE(finding.waiver.has_value()) << Rendered({finding});
    }
  }
}

std::vector<std::string> RuleIds() {
  std::vector<std::string> ids;
  for (const RuleInfo& rule : AllRules()) {
    ids.emplace_back(rule.id);
  }
  return ids;
}

std::string TestName(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, RulePage, ::testing::ValuesIn(RuleIds()), TestName);

}  // namespace
}  // namespace paliad
