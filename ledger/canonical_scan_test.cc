#include "ledger/canonical_scan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "base/json.h"

namespace paliad::ledger {
namespace {

bool IsCanonical(const std::string& text) {
  return !CanonicalObjection(text, [](int, std::string_view, const JsonScalar&) {});
}

// What the writer of entries calls canonical.
bool WriterAgrees(const std::string& text) {
  const auto value = ParseJson(text);
  if (!value) {
    return false;
  }
  const auto bytes = CanonicalJson(*value);
  return bytes && *bytes == text;
}

std::string RandomText(std::mt19937& random) {
  const std::vector<std::string> parts = {"a",    "Z",      "\"",     "\\",     "/",    "\n", "\t",
                                          "\x01", "\x1f",   "\x7f",   "ä",      "€",    "😀",  "\u2028",
                                          "\b",   "\f\r\v", "\u0080", "\uFFFD", "0000", ""};
  std::string text;
  for (unsigned i = random() % 6; i > 0; --i) {
    text += parts[random() % parts.size()];
  }
  return text;
}

Json RandomValue(std::mt19937& random, int depth) {
  switch (random() % (depth > 3 ? 5 : 7)) {
    case 0:
      return nullptr;
    case 1:
      return random() % 2 == 0;
    case 2:
      return static_cast<std::int64_t>(random()) * (random() % 2 == 0 ? 1 : -1);
    case 3:
      return std::int64_t{(std::int64_t{1} << 53) - 1} - static_cast<std::int64_t>(random() % 2);
    case 4:
      return RandomText(random);
    case 5: {
      Json array = Json::array();
      for (unsigned i = random() % 4; i > 0; --i) {
        array.push_back(RandomValue(random, depth + 1));
      }
      return array;
    }
    default: {
      Json object = Json::object();
      for (unsigned i = random() % 4; i > 0; --i) {
        object[std::string(1 + random() % 3, static_cast<char>(' ' + random() % 95))] =
            RandomValue(random, depth + 1);
      }
      return object;
    }
  }
}

TEST(CanonicalScan, AgreesWithTheWriterOnRandomValuesAndOnWhatIsAlmostCanonical) {
  std::mt19937 random(20260520);
  const std::string noise = "{}[]\",:\\/0123456789-.eEu tfn\n\x01\x7f\xC3\xA4";
  int refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = *CanonicalJson(RandomValue(random, 0));
    ASSERT_TRUE(IsCanonical(text)) << text;
    const std::size_t at = random() % (text.size() + 1);
    switch (random() % 3) {
      case 0:
        text.insert(at, 1, noise[random() % noise.size()]);
        break;
      case 1:
        text.erase(at, 1);
        break;
      default:
        text[at % text.size()] = noise[random() % noise.size()];
    }
    ASSERT_EQ(IsCanonical(text), WriterAgrees(text)) << text;
    refused += IsCanonical(text) ? 0 : 1;
  }
  EXPECT_GT(refused, 5'000);
}

TEST(CanonicalScan, EveryOtherSpellingIsRefused) {
  for (const char* text : {
           "",
           " 1",
           "1 ",
           "1\n",
           "01",
           "-0",
           "-",
           "+1",
           "1.0",
           "1e3",
           "9007199254740992",
           "-9007199254740992",
           "99999999999999999999",
           "nul",
           "True",
           "\"a",
           "\"\\/\"",
           "\"\\u0041\"",
           "\"\\u001F\"",
           "\"\\u000a\"",
           "\"\\u00\"",
           "\"\\x41\"",
           "\"\\\"",
           "\"\x01\"",
           "\"\xFF\"",
           "\"\xED\xA0\x80\"",
           "[1,]",
           "[,1]",
           "[1 ,2]",
           "[1",
           "{\"b\":1,\"a\":2}",
           "{\"a\":1,\"a\":2}",
           "{\"a\":1,}",
           "{\"a\": 1}",
           "{a:1}",
           "{\"a\"}",
           "{\"ä\":1}",
           "{\"\\n\":1}",
           "{}{}",
           "\xEF\xBB\xBF{}",
       }) {
    EXPECT_FALSE(IsCanonical(text)) << text;
    EXPECT_FALSE(WriterAgrees(text)) << text;
  }
  EXPECT_TRUE(IsCanonical("9007199254740991"));
  EXPECT_TRUE(IsCanonical("{\"\":[],\"\\\"\":\"\\u001f\",\"a\":-1}"));
}

TEST(CanonicalScan, DepthIsBounded) {
  const auto nested = [](int depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(IsCanonical(nested(kMaxJsonDepth)));
  EXPECT_FALSE(IsCanonical(nested(kMaxJsonDepth + 1)));
  EXPECT_FALSE(IsCanonical(std::string(60'000, '[')));
}

}  // namespace
}  // namespace paliad::ledger
