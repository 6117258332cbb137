#include "migrations/file_name.h"

#include <gtest/gtest.h>

#include <string>

namespace paliad {
namespace {

struct WellFormed {
  std::string name;
  FileNameKind kind;
  Version version;
  std::string description;
};

TEST(FileName, WellFormedNamesGiveVersionAndDescription) {
  const WellFormed kCases[] = {
      {"1_a.up.sql", FileNameKind::kUp, 1, "a"},
      {"007_add_office.up.sql", FileNameKind::kUp, 7, "add_office"},
      {"07_add_office.down.sql", FileNameKind::kDown, 7, "add_office"},
      {"2147483647_x.up.sql", FileNameKind::kUp, 2147483647, "x"},
      {"000000000000000000000000000012_x.up.sql", FileNameKind::kUp, 12, "x"},
      {"1__x.up.sql", FileNameKind::kUp, 1, "_x"},
      {"1_x.up.up.sql", FileNameKind::kUp, 1, "x.up"},
      {"1_x.down.up.sql", FileNameKind::kUp, 1, "x.down"},
      {"1_.x.up.sql", FileNameKind::kUp, 1, ".x"},
      {"1_X y-z (2).up.sql", FileNameKind::kUp, 1, "X y-z (2)"},
      {"3_büro_größe.up.sql", FileNameKind::kUp, 3, "büro_größe"},
      {"4_事務所.down.sql", FileNameKind::kDown, 4, "事務所"},
      {"5_\xC2\xA0x.up.sql", FileNameKind::kUp, 5, "\xC2\xA0x"},  // U+00A0 is no control character
  };
  for (const WellFormed& c : kCases) {
    const FileName parsed = ParseFileName(c.name);
    EXPECT_EQ(parsed.kind, c.kind) << c.name << ": " << parsed.reason;
    EXPECT_EQ(parsed.version, c.version) << c.name;
    EXPECT_EQ(parsed.description, c.description) << c.name;
    EXPECT_EQ(parsed.reason, "") << c.name;
  }
}

struct Refused {
  std::string name;
  FileNameKind kind;
  std::string reason;
};

TEST(FileName, NamesThatLookLikeMigrationsAndAreNotSayWhatToWrite) {
  const std::string kNoVersion = "it does not start with a version, which is digits only: write ";
  const std::string kNoUnderscore = "the version must be followed by \"_\" and a description: write ";
  const std::string kEmpty = "the description between \"_\" and the suffix is empty: write ";
  const std::string kSuffix = "the suffix must be exactly \".up.sql\", in lower case: write ";
  const std::string kOther =
      "it starts like a migration but does not end in \".up.sql\" or \".down.sql\": rename it, delete it, or "
      "add it to the policy's `ignore`";
  const Refused kCases[] = {
      {"12-add.sql", FileNameKind::kMalformed, kNoUnderscore + "\"12_add.up.sql\""},
      {"12add.up.sql", FileNameKind::kMalformed, kNoUnderscore + "\"12_add.up.sql\""},
      {"12.up.sql", FileNameKind::kMalformed, kNoUnderscore + "\"12_description.up.sql\""},
      {"12.5_x.up.sql", FileNameKind::kMalformed, kNoUnderscore + "\"12_5_x.up.sql\""},
      {"0x1_x.up.sql", FileNameKind::kMalformed, kNoUnderscore + "\"0_x1_x.up.sql\""},
      {"1 _x.up.sql", FileNameKind::kMalformed, kNoUnderscore + "\"1_x.up.sql\""},
      {"0107_x.UP.SQL", FileNameKind::kMalformed, kSuffix + "\"0107_x.up.sql\""},
      {"0107_x.up.SQL", FileNameKind::kMalformed, kSuffix + "\"0107_x.up.sql\""},
      {"12_x.sql", FileNameKind::kMalformed, kSuffix + "\"12_x.up.sql\""},
      {"12_x.Down.sql", FileNameKind::kMalformed,
       "the suffix must be exactly \".down.sql\", in lower case: write \"12_x.down.sql\""},
      {"x.up.sql", FileNameKind::kMalformed, kNoVersion + "\"NNN_x.up.sql\""},
      {"schema.sql", FileNameKind::kMalformed, kNoVersion + "\"NNN_schema.up.sql\""},
      {"_x.up.sql", FileNameKind::kMalformed, kNoVersion + "\"NNN_x.up.sql\""},
      {" 1_x.up.sql", FileNameKind::kMalformed, kNoVersion + "\"NNN_1_x.up.sql\""},
      {"١_x.up.sql", FileNameKind::kMalformed, kNoVersion + "\"NNN_١_x.up.sql\""},  // ARABIC-INDIC DIGIT ONE
      {"012_.up.sql", FileNameKind::kMalformed, kEmpty + "\"012_description.up.sql\""},
      {"012_.down.sql", FileNameKind::kMalformed, kEmpty + "\"012_description.down.sql\""},
      {"-5_x.up.sql", FileNameKind::kMalformed, "a version has no sign: write \"5_x.up.sql\""},
      {"+5_x.up.sql", FileNameKind::kMalformed, "a version has no sign: write \"5_x.up.sql\""},
      {"012_x.up", FileNameKind::kMalformed, kOther},
      {"012_x.up.sql.orig", FileNameKind::kMalformed, kOther},
      {"012_x.up.sql~", FileNameKind::kMalformed, kOther},
      {"012_x.Up.txt", FileNameKind::kMalformed, kOther},
      {"-5_x.down", FileNameKind::kMalformed, kOther},
      {"012_x.pgsql", FileNameKind::kMalformed, kOther},
      {"1_\xFF.up.sql", FileNameKind::kMalformed, "the name is not valid UTF-8: rename the file"},
      {"1_a\nb.up.sql", FileNameKind::kMalformed, "the name holds a control character: rename the file"},
      {"1_a\x7F.up.sql", FileNameKind::kMalformed, "the name holds a control character: rename the file"},
      {"1_a\xC2\x85.up.sql", FileNameKind::kMalformed, "the name holds a control character: rename the file"},
      {"20170412214116_x.up.sql", FileNameKind::kVersionRange,
       "the version 20170412214116 is larger than 2147483647, the largest int of PostgreSQL: use the next "
       "number of "
       "the sequence, not a timestamp"},
      {"2147483648_x.down.sql", FileNameKind::kVersionRange,
       "the version 2147483648 is larger than 2147483647, the largest int of PostgreSQL: use the next number "
       "of "
       "the sequence, not a timestamp"},
      {"0_x.up.sql", FileNameKind::kVersionRange, "the version is 0; versions start at 1"},
      {"000_x.up.sql", FileNameKind::kVersionRange, "the version is 0; versions start at 1"},
      {"README.md", FileNameKind::kIgnored, "not a migration file name"},
      {"Makefile", FileNameKind::kIgnored, "not a migration file name"},
      {"2020-backup.md", FileNameKind::kIgnored, "not a migration file name"},
      {"12.update.md", FileNameKind::kIgnored, "not a migration file name"},
      {"sql", FileNameKind::kIgnored, "not a migration file name"},
      {"", FileNameKind::kIgnored, "not a migration file name"},
      {".gitkeep", FileNameKind::kIgnored, "hidden file"},
      {".012_x.up.sql.swp", FileNameKind::kIgnored, "hidden file"},
  };
  for (const Refused& c : kCases) {
    const FileName parsed = ParseFileName(c.name);
    EXPECT_EQ(parsed.kind, c.kind) << c.name;
    EXPECT_EQ(parsed.reason, c.reason) << c.name;
    EXPECT_EQ(parsed.version, 0) << c.name;
    EXPECT_EQ(parsed.description, "") << c.name;
  }
}

TEST(FileName, OverlongDigitsNeitherOverflowNorFloodTheReason) {
  for (const int digits : {19, 20, 21, 39, 100, 4096}) {
    const FileName parsed = ParseFileName(std::string(digits, '9') + "_x.up.sql");
    EXPECT_EQ(parsed.kind, FileNameKind::kVersionRange) << digits;
    EXPECT_LT(parsed.reason.size(), 200U) << digits;
  }
  // 2^64 + 7 would be 7 in a 64-bit accumulator that wraps.
  EXPECT_EQ(ParseFileName("18446744073709551623_x.up.sql").kind, FileNameKind::kVersionRange);
}

TEST(FileName, FormattedNamesParseBack) {
  EXPECT_EQ(FormatUpFileName(12, 4, "add_office"), "0012_add_office.up.sql");
  EXPECT_EQ(FormatUpFileName(12345, 3, "x"), "12345_x.up.sql");
  EXPECT_EQ(FormatUpFileName(5, 0, "x"), "5_x.up.sql");
  const FileName parsed = ParseFileName(FormatUpFileName(12, 4, "add_office"));
  EXPECT_EQ(parsed.version, 12);
  EXPECT_EQ(parsed.description, "add_office");
}

}  // namespace
}  // namespace paliad
