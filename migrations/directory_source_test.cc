#include "migrations/directory_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace paliad {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class DirectorySourceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "/directory_source_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
  }
  void TearDown() override { fs::remove_all(root_); }

  void Write(const std::string& name, const std::string& bytes) {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name, std::ios::binary) << bytes;
  }

  static SourceEntry File(const std::string& name) {
    return {.name = name, .kind = EntryKind::kFile, .blob_id = "", .nested_sql = {}};
  }

  DirectorySource Source() { return DirectorySource::Open(root_.string()).value(); }

  fs::path root_;
};

TEST_F(DirectorySourceTest, ListsEveryEntryInTheOrderOfNames) {
  Write("2_b.up.sql", "b");
  Write("10_c.up.sql", "c");
  Write("README.md", "");
  Write(".hidden", "");
  Write("docs/a.txt", "");
  Write("archive/2019/old.sql", "");
  Write("archive/Z.SQL", "");
  Write("archive/.git/x.sql", "");
  fs::create_symlink("2_b.up.sql", root_ / "3_link.up.sql");
  fs::create_symlink("archive", root_ / "linked");
  ASSERT_EQ(mkfifo((root_ / "pipe").c_str(), 0600), 0);

  const Result<SourceTree> tree = ReadDirectory(root_.string() + "//");
  ASSERT_TRUE(tree) << tree.error().Message();
  EXPECT_EQ(tree->path, root_.string());
  EXPECT_FALSE(tree->commit);
  EXPECT_EQ(tree->tree_id, "");
  std::vector<std::string> names;
  for (const SourceEntry& entry : tree->entries) {
    names.push_back(entry.name + " " + std::to_string(static_cast<int>(entry.kind)));
    EXPECT_EQ(entry.blob_id, "");
  }
  const auto kind = [](EntryKind k) { return " " + std::to_string(static_cast<int>(k)); };
  EXPECT_THAT(names,
              ElementsAre(".hidden" + kind(EntryKind::kFile), "10_c.up.sql" + kind(EntryKind::kFile),
                          "2_b.up.sql" + kind(EntryKind::kFile), "3_link.up.sql" + kind(EntryKind::kSymlink),
                          "README.md" + kind(EntryKind::kFile), "archive" + kind(EntryKind::kDirectory),
                          "docs" + kind(EntryKind::kDirectory), "linked" + kind(EntryKind::kSymlink),
                          "pipe" + kind(EntryKind::kOther)));
  EXPECT_THAT(tree->entries[5].nested_sql, ElementsAre("2019/old.sql", "Z.SQL"));
  EXPECT_THAT(tree->entries[6].nested_sql, ElementsAre());
}

TEST_F(DirectorySourceTest, AFolderThatIsNotThereOrIsAFileIsTheCallersMistake) {
  Write("file", "x");
  for (const std::string name : {"absent", "file"}) {
    const Result<SourceTree> tree = ReadDirectory((root_ / name).string());
    ASSERT_FALSE(tree) << name;
    EXPECT_EQ(tree.error().kind, ErrorKind::kInvalidInput);
    EXPECT_THAT(tree.error().Message(), HasSubstr("cannot open the folder"));
    EXPECT_THAT(tree.error().Message(), HasSubstr(name));
    EXPECT_FALSE(DirectorySource::Open((root_ / name).string()));
  }
}

TEST_F(DirectorySourceTest, ReadsTheBytesAsTheyAreStored) {
  const std::string bytes("SELECT 1;\r\n\0\xFF", 13);
  Write("1_a.up.sql", bytes);
  Write("2_empty.up.sql", "");
  DirectorySource source = Source();
  EXPECT_EQ(source.Size(File("1_a.up.sql")).value(), 13U);
  EXPECT_EQ(source.Read(File("1_a.up.sql")).value(), bytes);
  EXPECT_EQ(source.Size(File("2_empty.up.sql")).value(), 0U);
  EXPECT_EQ(source.Read(File("2_empty.up.sql")).value(), "");
}

TEST_F(DirectorySourceTest, LinksAreNotFollowed) {
  Write("secret", "x");
  fs::create_symlink("secret", root_ / "1_a.up.sql");
  DirectorySource source = Source();
  const Result<std::string> bytes = source.Read(File("1_a.up.sql"));
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().kind, ErrorKind::kUnavailable);
  EXPECT_FALSE(source.Size(File("1_a.up.sql")));
}

TEST_F(DirectorySourceTest, AFileThatBecameAFifoDoesNotHangTheReader) {
  ASSERT_EQ(mkfifo((root_ / "1_a.up.sql").c_str(), 0600), 0);
  DirectorySource source = Source();
  EXPECT_FALSE(source.Read(File("1_a.up.sql")));
  EXPECT_FALSE(source.Size(File("1_a.up.sql")));
}

TEST_F(DirectorySourceTest, AMissingFileIsUnavailable) {
  DirectorySource source = Source();
  const Result<std::string> bytes = source.Read(File("1_gone.up.sql"));
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(bytes.error().Message(), HasSubstr("1_gone.up.sql"));
  EXPECT_EQ(source.Size(File("1_gone.up.sql")).error().kind, ErrorKind::kUnavailable);
}

TEST_F(DirectorySourceTest, FilesUpToTheLimitAreReadAndLargerOnesAreNot) {
  Write("1_max.up.sql", "");
  Write("2_over.up.sql", "");
  fs::resize_file(root_ / "1_max.up.sql", kMaxFileBytes);
  fs::resize_file(root_ / "2_over.up.sql", kMaxFileBytes + 1);
  DirectorySource source = Source();
  EXPECT_EQ(source.Read(File("1_max.up.sql")).value().size(), kMaxFileBytes);
  EXPECT_EQ(source.Size(File("2_over.up.sql")).value(), kMaxFileBytes + 1);
  const Result<std::string> bytes = source.Read(File("2_over.up.sql"));
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().kind, ErrorKind::kInvalidInput);
  EXPECT_THAT(bytes.error().Message(), HasSubstr("larger than 32 MiB"));
}

TEST_F(DirectorySourceTest, KeepsReadingTheFolderThatItOpened) {
  Write("1_a.up.sql", "first");
  DirectorySource opened = Source();
  DirectorySource source = std::move(opened);
  const fs::path moved = root_.string() + "_moved";
  fs::rename(root_, moved);
  Write("1_a.up.sql", "second");
  EXPECT_EQ(source.Read(File("1_a.up.sql")).value(), "first");
  fs::remove_all(moved);
}

}  // namespace
}  // namespace paliad
