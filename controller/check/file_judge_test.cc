#include "controller/check/file_judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace paliad {
namespace {

using ::testing::SizeIs;

// One text for every entry.
class OneText final : public ContentSource {
 public:
  explicit OneText(std::string text) : text_(std::move(text)) {}
  Result<std::uint64_t> Size(const SourceEntry& /*entry*/) override { return text_.size(); }
  Result<std::string> Read(const SourceEntry& /*entry*/) override { return text_; }

 private:
  const std::string text_;
};

Migration MigrationOf(const std::string& file, const std::string& blob_id) {
  SourceTree tree;
  tree.path = "migrations";
  tree.entries.push_back({.name = file, .kind = EntryKind::kFile, .blob_id = blob_id, .nested_sql = {}});
  return MakeMigrationSet(tree).migrations.at(0);
}

class FileJudgeTest : public ::testing::Test {
 protected:
  std::vector<Finding> Judge(const Migration& migration) {
    auto findings = judge_.Judge(source_, migration);
    EXPECT_TRUE(findings.has_value()) << findings.error().Message();
    return findings ? *std::move(findings) : std::vector<Finding>();
  }

  OneText source_{"COMMIT;\n"};
  FileJudge judge_{DefaultPolicy(), "paliad.applied_migrations"};
};

TEST_F(FileJudgeTest, ABlobIsReadOnceUnderEachPath) {
  const Migration migration = MigrationOf("007_x.up.sql", "b1");
  ASSERT_THAT(Judge(migration), SizeIs(1));
  EXPECT_THAT(Judge(migration), SizeIs(1));
  EXPECT_EQ(judge_.read(), 1U);
  const std::vector<Finding> elsewhere = Judge(MigrationOf("008_y.up.sql", "b1"));
  EXPECT_EQ(judge_.read(), 2U);
  ASSERT_THAT(elsewhere, SizeIs(1));
  EXPECT_EQ(elsewhere[0].path, "migrations/008_y.up.sql");
  EXPECT_EQ(elsewhere[0].version, 8);
  Judge(MigrationOf("007_x.up.sql", "b2"));
  EXPECT_EQ(judge_.read(), 3U);
}

TEST_F(FileJudgeTest, APlainFileIsReadEachTime) {
  const Migration migration = MigrationOf("007_x.up.sql", "");
  Judge(migration);
  Judge(migration);
  EXPECT_EQ(judge_.read(), 2U);
}

TEST_F(FileJudgeTest, WhatIsNotKeptIsReadAgain) {
  const Migration kept = MigrationOf("007_x.up.sql", "b1");
  const Migration gone = MigrationOf("008_y.up.sql", "b2");
  Judge(kept);
  Judge(gone);
  judge_.Keep({FileJudge::KeyOf(kept)});
  judge_.Rest();
  EXPECT_THAT(Judge(kept), SizeIs(1));
  EXPECT_EQ(judge_.read(), 2U);
  EXPECT_THAT(Judge(gone), SizeIs(1));
  EXPECT_EQ(judge_.read(), 3U);
}

TEST_F(FileJudgeTest, WhatCannotBeReadAsSqlIsAFindingAndIsNotParsed) {
  OneText binary(std::string("SELECT\0 1;", 10));
  const auto findings = judge_.Judge(binary, MigrationOf("007_x.up.sql", "b1"));
  ASSERT_TRUE(findings.has_value());
  ASSERT_THAT(*findings, SizeIs(1));
  EXPECT_EQ(findings->at(0).rule, "unreadable");
}

}  // namespace
}  // namespace paliad
