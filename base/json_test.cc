#include "base/json.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace paliad {
namespace {

using namespace std::string_literals;

TEST(CanonicalJson, SortsKeysAndLeavesNoSpace) {
  const auto text = CanonicalJson(Json::parse(R"( {"b" : [1, true, null, "x"], "a": {"d": {}, "B": -5}} )"));
  ASSERT_TRUE(text.has_value());
  EXPECT_EQ(*text, R"({"a":{"B":-5,"d":{}},"b":[1,true,null,"x"]})");
}

// RFC 8785, section 3.2.2.2
TEST(CanonicalJson, EscapesOnlyWhatItMust) {
  const auto text = CanonicalJson(Json("\b\t\n\f\r\"\\/\x01\x1f\x7f\u20ac€😀\u2028" + "\0"s));
  ASSERT_TRUE(text.has_value());
  EXPECT_EQ(*text, "\"\\b\\t\\n\\f\\r\\\"\\\\/\\u0001\\u001f\x7f€€😀\u2028\\u0000\"");
}

TEST(CanonicalJson, TakesIntegersThatADoubleHoldsExactly) {
  constexpr std::int64_t kMax = (std::int64_t{1} << 53) - 1;
  EXPECT_EQ(CanonicalJson(Json(kMax)).value(), "9007199254740991");
  EXPECT_EQ(CanonicalJson(Json(-kMax)).value(), "-9007199254740991");
  EXPECT_EQ(CanonicalJson(Json(std::uint64_t{kMax})).value(), "9007199254740991");
  EXPECT_EQ(CanonicalJson(Json(0)).value(), "0");
  EXPECT_EQ(CanonicalJson(Json::parse("-0")).value(), "0");
}

TEST(CanonicalJson, RefusesEverythingElse) {
  struct Case {
    Json value;
    std::string cause;
  };
  constexpr std::int64_t kTooLarge = std::int64_t{1} << 53;
  const Case cases[] = {
      {Json(0.5), "a number with a fraction"},
      {Json(1.0), "a number with a fraction"},
      {Json(kTooLarge), "an integer past 2^53"},
      {Json(-kTooLarge), "an integer past 2^53"},
      {Json(static_cast<std::uint64_t>(kTooLarge)), "an integer past 2^53"},
      {Json(std::numeric_limits<std::uint64_t>::max()), "an integer past 2^53"},
      {Json{{"ü", 1}}, "a key that is not ASCII"},
      {Json{{"\n", 1}}, "a key that is not ASCII"},
      {Json{{"a", {{"b", Json::array({1, 2.5})}}}}, "a number with a fraction"},
      {Json::binary({1, 2}), "a value that JSON does not have"},
  };
  for (const Case& c : cases) {
    const auto text = CanonicalJson(c.value);
    ASSERT_FALSE(text.has_value()) << *text;
    EXPECT_EQ(text.error().kind, ErrorKind::kInternal);
    EXPECT_EQ(text.error().Message(), "cannot write canonical JSON: " + c.cause);
  }
  EXPECT_FALSE(CanonicalJson(Json("gr\xfcn")).has_value());
}

TEST(DumpJson, KeepsTheOrderAndRepairsText) {
  OrderedJson value;
  value["z"] = 1;
  value["a"] = "gr\xfcn";
  EXPECT_EQ(DumpJson(value), "{\"z\":1,\"a\":\"gr\uFFFDn\"}");
  EXPECT_EQ(DumpJson(value, 2), "{\n  \"z\": 1,\n  \"a\": \"gr\uFFFDn\"\n}");
}

TEST(ParseJson, GivesValuesOrTheParsersMessage) {
  EXPECT_EQ(ParseJson(R"({"a":[1]})").value(), (Json{{"a", {1}}}));
  for (const char* text : {"", "{", "[1,]", "{\"a\":1} x", "nul", "\"\xff\""}) {
    const auto value = ParseJson(text);
    ASSERT_FALSE(value.has_value()) << text;
    EXPECT_EQ(value.error().kind, ErrorKind::kInvalidInput);
    EXPECT_NE(value.error().cause.find("parse error"), std::string::npos) << value.error().cause;
  }
}

}  // namespace
}  // namespace paliad
