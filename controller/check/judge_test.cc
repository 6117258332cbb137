// The test's own program is the judge's process too, as paliadctl is.
#include "controller/check/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "base/sanitizers.h"
#include "controller/check/judge_message.h"
#include "policies/rules.h"

namespace paliad {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Migration Example() {
  SourceTree tree;
  tree.path = "migrations";
  tree.entries.push_back({.name = "007_x.up.sql", .kind = EntryKind::kFile, .blob_id = "", .nested_sql = {}});
  return MakeMigrationSet(tree).migrations.at(0);
}

class TemporaryProgram {
 public:
  explicit TemporaryProgram(std::string_view text) : path_(::testing::TempDir() + "/judge_program") {
    std::ofstream(path_) << text;
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all);
  }
  ~TemporaryProgram() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string Repeat(std::string_view part, std::size_t count) {
  std::string all;
  all.reserve(part.size() * count);
  for (std::size_t i = 0; i < count; ++i) {
    all += part;
  }
  return all;
}

std::vector<Finding> JudgeText(SqlJudge& judge, const std::string& text) {
  auto findings = judge.Judge(Example(), text);
  EXPECT_TRUE(findings.has_value()) << findings.error().Message();
  return findings ? *std::move(findings) : std::vector<Finding>();
}

TEST(SqlJudge, SaysWhatCheckSqlSays) {
  Policy policy = DefaultPolicy();
  policy.rules["drop"] = {.severity = Severity::kError, .waivable = true};
  const std::string text =
      "SELECT 'é'; DROP TABLE a;\n-- paliad:allow drop: see #812\nDROP TABLE b;\nCOMMIT;\n"
      "SELECT * FROM other.applied;\n";
  SqlJudge judge(policy, "other.applied");
  const std::vector<Finding> expected =
      CheckSql(Example(), text, ParseSqlFile(text), policy, {.tracker = "other.applied"});
  const std::vector<Finding> got = JudgeText(judge, text);
  ASSERT_EQ(got.size(), expected.size());
  ASSERT_THAT(got, SizeIs(4));
  for (std::size_t i = 0; i < got.size(); ++i) {
    EXPECT_EQ(Render(ToDiagnostic(got[i])), Render(ToDiagnostic(expected[i])));
    EXPECT_EQ(got[i].severity, expected[i].severity);
    EXPECT_EQ(got[i].version, expected[i].version);
    EXPECT_EQ(got[i].waiver, expected[i].waiver);
  }
}

TEST(SqlJudge, OneProcessServesManyFiles) {
  SqlJudge judge(DefaultPolicy(), "t.t");
  for (int i = 0; i < 50; ++i) {
    EXPECT_THAT(JudgeText(judge, "SELECT 1;"), IsEmpty());
    EXPECT_THAT(JudgeText(judge, "COMMIT;"), SizeIs(1));
  }
}

TEST(SqlJudge, WhatStrangersMaySendEndsInAFindingEach) {
  SqlJudge judge(DefaultPolicy(), "t.t");
  const std::pair<const char*, std::string> kCases[] = {
      {"3.9 MiB of 1+1+…", "SELECT " + Repeat("1+", std::size_t{39} * (1 << 20) / 20) + "1;"},
      {"200,000 parentheses", "SELECT " + std::string(200'000, '(') + "1" + std::string(200'000, ')') + ";"},
      {"a literal of 20 MiB", "SELECT '" + std::string(std::size_t{20} << 20, 'x') + "';"},
      {"a chain that fits", "SELECT " + Repeat("1+", 500'000) + "1;"},
  };
  for (const auto& [name, text] : kCases) {
    EXPECT_THAT(JudgeText(judge, text), SizeIs(1)) << name;
    EXPECT_THAT(JudgeText(judge, "SELECT 1;"), IsEmpty()) << "after " << name;
  }
}

TEST(SqlJudge, AFileThatTakesTooLongIsAFinding) {
  SqlJudge judge(DefaultPolicy(), "t.t", {.deadline = std::chrono::milliseconds(1)});
  const std::vector<Finding> late = JudgeText(judge, Repeat("SELECT 1;\n", 300'000));
  ASSERT_THAT(late, SizeIs(1));
  EXPECT_EQ(late[0].rule, "unreadable");
  EXPECT_EQ(late[0].severity, Severity::kError);
  EXPECT_THAT(late[0].message, HasSubstr("did not end within"));
}

#if !PALIAD_SANITIZED
TEST(SqlJudge, AFileThatTakesTooMuchMemoryIsAFindingAndTheNextOneIsJudged) {
  SqlJudge judge(DefaultPolicy(), "t.t", {.address_space = std::uint64_t{512} << 20});
  const std::vector<Finding> dead = JudgeText(judge, "SELECT " + Repeat("1+", 500'000) + "1;");
  ASSERT_THAT(dead, SizeIs(1));
  EXPECT_EQ(dead[0].rule, "unreadable");
  EXPECT_EQ(dead[0].path, "migrations/007_x.up.sql");
  EXPECT_THAT(JudgeText(judge, "SELECT 1;"), IsEmpty());
}
#endif

TEST(SqlJudge, AProgramThatAnswersNothingAndStaysIsKilled) {
  TemporaryProgram talks("#!/bin/sh\nprintf 'too short'\nexec >&- <&-\nsleep 600\n");
  SqlJudge judge(DefaultPolicy(), "t.t",
                 {.deadline = std::chrono::milliseconds(300), .program = talks.path()});
  const std::vector<Finding> findings = JudgeText(judge, "SELECT 1;");
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_THAT(findings[0].message, HasSubstr("did not end within"));
}

TEST(SqlJudge, AProgramThatDiesAtOnceIsAFindingAndOneThatIsNotThereAnError) {
  SqlJudge dies(DefaultPolicy(), "t.t", {.program = "/bin/false"});
  EXPECT_THAT(JudgeText(dies, "SELECT 1;"), SizeIs(1));
  SqlJudge missing(DefaultPolicy(), "t.t", {.program = "/no/such/program"});
  const auto findings = missing.Judge(Example(), "SELECT 1;");
  ASSERT_FALSE(findings.has_value());
  EXPECT_EQ(findings.error().kind, ErrorKind::kUnavailable);
}

TEST(JudgeMessage, MalformedFindingsAreNotBelieved) {
  for (const char* frame : {"", "[", "{}x", "[1]", "[{\"rule\":1}]", "[{}]"}) {
    EXPECT_EQ(DecodeFindings(frame), std::nullopt) << frame;
  }
  Finding finding;
  finding.rule = "drop";
  EXPECT_NE(DecodeFindings(EncodeFindings({finding})), std::nullopt);
  finding.rule = "no-such-rule";
  EXPECT_EQ(DecodeFindings(EncodeFindings({finding})), std::nullopt);
  finding.rule = "drop";
  finding.severity = static_cast<Severity>(7);
  EXPECT_EQ(DecodeFindings(EncodeFindings({finding})), std::nullopt);
}

}  // namespace
}  // namespace paliad

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == paliad::kJudgeCommand) {
    return paliad::RunJudgeCommand();
  }
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
