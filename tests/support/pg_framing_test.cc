#include "tests/support/pg_framing.h"

#include <gtest/gtest.h>

namespace paliad::testing {
namespace {

using namespace std::string_literals;

TEST(PgFraming, CutsTypedMessages) {
  std::string buffer = "Q\0\0\0\x0dSELECT 1\0X\0\0\0\4Q\0\0"s;
  const auto query = TakeFrame(buffer, true);
  ASSERT_TRUE(query.has_value());
  EXPECT_EQ(query->type, 'Q');
  EXPECT_EQ(query->body(), "SELECT 1\0"s);
  const auto terminate = TakeFrame(buffer, true);
  ASSERT_TRUE(terminate.has_value());
  EXPECT_EQ(terminate->type, 'X');
  EXPECT_EQ(terminate->body(), "");
  EXPECT_FALSE(TakeFrame(buffer, true).has_value());
  EXPECT_EQ(buffer, "Q\0\0"s);
}

TEST(PgFraming, CutsRequestsWithoutAType) {
  std::string buffer = "\0\0\0\x08\x04\xd2\x16\x2f"s;
  const auto request = TakeFrame(buffer, false);
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(request->type, 0);
  EXPECT_EQ(request->code(), kSslRequest);
  EXPECT_EQ(buffer, "");
}

TEST(PgFraming, WaitsForTheWholeMessage) {
  const std::string whole = "Q\0\0\0\x0dSELECT 1\0"s;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    std::string buffer = whole.substr(0, size);
    EXPECT_FALSE(TakeFrame(buffer, true).has_value()) << size;
    EXPECT_EQ(buffer.size(), size);
  }
}

TEST(PgFraming, WritesParameterStatus) {
  EXPECT_EQ(ParameterStatus("a", "12.0").bytes,
            "S\0\0\0\x0b"
            "a\0"
            "12.0\0"s);
}

}  // namespace
}  // namespace paliad::testing
