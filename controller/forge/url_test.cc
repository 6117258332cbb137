#include "controller/forge/url.h"

#include <gtest/gtest.h>

namespace paliad::forge {
namespace {

TEST(Url, EscapesEverythingButUnreservedCharacters) {
  EXPECT_EQ(PercentEncode("a/b c"), "a%2Fb%20c");
  EXPECT_EQ(PercentEncode("dependabot[bot]"), "dependabot%5Bbot%5D");
  EXPECT_EQ(PercentEncode("-._~Az09"), "-._~Az09");
  EXPECT_EQ(PercentEncode("ä\x01"), "%C3%A4%01");
  EXPECT_EQ(PercentEncodePath("migrations/001_a#b?.up.sql"), "migrations/001_a%23b%3F.up.sql");
}

TEST(Url, OriginsAreComparedBySchemeHostAndPort) {
  EXPECT_EQ(OriginOf("https://Git.example.com/api"), OriginOf("https://git.example.com:443"));
  EXPECT_NE(OriginOf("https://git.example.com"), OriginOf("http://git.example.com"));
  EXPECT_NE(OriginOf("https://git.example.com"), OriginOf("https://git.example.com:8443"));
  EXPECT_NE(OriginOf("https://git.example.com"), OriginOf("https://git.example.com.evil.org"));
  EXPECT_EQ(OriginOf("http://[::1]:3000/x")->host, "[::1]");
  EXPECT_EQ(OriginOf("http://[::1]:3000/x")->port, 3000);
}

TEST(Url, WhatReadersUnderstandDifferentlyHasNoOrigin) {
  for (const char* url :
       {"", "git.example.com", "ftp://git.example.com", "https://", "https:///x",
        "https://me@git.example.com", "https://git.example.com:443@evil.org/",
        "https://evil.org\\@git.example.com", "https://git example.com", "https://git.example.com:0",
        "https://git.example.com:65536", "https://git.example.com:", "https://[::1", "https://::1]/",
        "https://git.example.com\n.evil.org", "HTTPS://git.example.com"}) {
    EXPECT_FALSE(OriginOf(url)) << url;
  }
}

TEST(Url, LoopbackIsThisMachineAndNoNameThatLooksLikeIt) {
  for (const char* url :
       {"http://localhost:3000", "http://127.0.0.1", "http://127.8.9.10:1", "http://[::1]:1"}) {
    EXPECT_TRUE(IsLoopback(*OriginOf(url))) << url;
  }
  for (const char* url : {"http://127.0.0.1.example.com", "http://localhost.example.com", "http://128.0.0.1",
                          "http://127.a.b.c", "http://[::2]"}) {
    EXPECT_FALSE(IsLoopback(*OriginOf(url))) << url;
  }
}

}  // namespace
}  // namespace paliad::forge
