#include "ledger/encoding.h"

#include <gtest/gtest.h>

#include <string>

#include "base/text.h"

namespace paliad::ledger {
namespace {

TEST(Encoding, Base64OfEveryLengthIsReadBack) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    ASSERT_EQ(Base64Decode(Base64Encode(bytes)), bytes);
    bytes += static_cast<char>(i * 7);
  }
}

TEST(Encoding, Base64HasOneSpelling) {
  for (const char* text : {"AA=", "AA", "A", "AAA", "AB==", "AAB=", "A===", "====", "AA==AA==", "AA=A",
                           "AAAA\n", " AAAA", "AA-_", "AAAA====", "=AAA", "AA= ="}) {
    EXPECT_FALSE(Base64Decode(text)) << text;
  }
}

TEST(Encoding, NoBitOfBase64CanBeFlippedWithoutAnotherValue) {
  const std::string value = "any 32 bytes: 0123456789abcdefgh";
  const std::string text = Base64Encode(value);
  for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
    std::string flipped = text;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_NE(Base64Decode(flipped), value) << bit;
  }
}

TEST(Encoding, HexIsLowerCase) {
  EXPECT_EQ(HexDecode("00ff7a"), std::string("\x00\xff\x7a", 3));
  for (const char* text : {"0", "0G", "FF", "0x", " 0"}) {
    EXPECT_FALSE(HexDecode(text)) << text;
  }
}

TEST(Encoding, NumbersHaveNoLeadingZeroesSignsOrOverflow) {
  EXPECT_EQ(ParseDecimal("0"), 0U);
  EXPECT_EQ(ParseDecimal("9223372036854775807"), 9223372036854775807U);
  for (const char* text : {"", "00", "01", "-1", "+1", " 1", "1 ", "1a", "9223372036854775808",
                           "18446744073709551616", "99999999999999999999999"}) {
    EXPECT_FALSE(ParseDecimal(text)) << text;
  }
}

TEST(Encoding, AHashHas32Bytes) {
  EXPECT_TRUE(ParseHash(Base64Encode(std::string(32, 'x'))));
  EXPECT_FALSE(ParseHash(Base64Encode(std::string(31, 'x'))));
  EXPECT_FALSE(ParseHash(Base64Encode(std::string(33, 'x'))));
  EXPECT_FALSE(ParseHash(""));
  EXPECT_FALSE(ParseHexHash(std::string(62, 'a')));
  EXPECT_TRUE(ParseHexHash(std::string(64, 'a')));
}

}  // namespace
}  // namespace paliad::ledger
