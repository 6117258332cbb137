#include "controller/serve/http/parse.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace paliad::http {
namespace {

int StatusOf(const std::string& head) {
  const auto request = ParseHead(head);
  return request ? 200 : request.error().status;
}

std::string Get(const std::string& lines) { return "GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n"; }

TEST(ParseHead, ReadsWhatAClientSends) {
  const auto request = ParseHead(
      "POST /hooks/a%20b?x=1&y HTTP/1.1\r\nHost: localhost:8080\r\nContent-Length: 12\r\nX-Gitea-Event:  "
      "push "
      "\r\nExpect: 100-continue\r\n\r\n");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->method, "POST");
  EXPECT_EQ(request->path, "/hooks/a%20b");
  EXPECT_EQ(request->query, "x=1&y");
  EXPECT_EQ(request->content_length, 12U);
  EXPECT_EQ(request->Header("x-gitea-event"), "push");
  EXPECT_TRUE(request->keep_alive);
  EXPECT_TRUE(request->expects_continue);
}

TEST(ParseHead, RefusesWhatTwoReadersCouldUnderstandDifferently) {
  const std::vector<std::pair<std::string, int>> cases = {
      {Get("Content-Length: 1\r\nContent-Length: 1\r\n"), 400},
      {Get("Content-Length: +1\r\n"), 400},
      {Get("Content-Length: 1, 1\r\n"), 400},
      {Get("Content-Length: \r\n"), 400},
      {Get("Content-Length: 0x10\r\n"), 400},
      {Get("Content-Length: 99999999999999999999\r\n"), 400},
      {Get("Transfer-Encoding: chunked\r\n"), 411},
      {Get("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), 411},
      {Get("Content-Length : 3\r\n"), 400},
      {Get(" Content-Length: 3\r\n"), 400},
      {Get("A: b\r\n folded\r\n"), 400},
      {Get("A: b\nContent-Length: 3\r\n"), 400},
      {Get("A: b\rContent-Length: 3\r\n"), 400},
      {Get(std::string("A: b\0c\r\n", 8)), 400},
      {Get("no colon\r\n"), 400},
      {Get(": no name\r\n"), 400},
      {Get("Host: b\r\n"), 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\nHost: a\r\n\r\n", 400},
      {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
      {"GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505},
      {"GET /\r\nHost: a\r\n\r\n", 400},
      {"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"\x16\x03\x01\x02", 400},
      {"GET /" + std::string(kMaxTargetBytes, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
  };
  for (const auto& [head, status] : cases) {
    EXPECT_EQ(StatusOf(head), status) << head.substr(0, 100);
  }
  std::string many;
  for (std::size_t i = 0; i < kMaxHeaders; ++i) {
    many += "A: b\r\n";
  }
  EXPECT_EQ(StatusOf(Get(many)), 431);
  EXPECT_EQ(StatusOf(Get("")), 200);
}

TEST(ParseHead, AConnectionEndsWhereTheClientOrItsVersionSaysSo) {
  EXPECT_FALSE(ParseHead(Get("Connection: keep-alive, Close\r\n"))->keep_alive);
  EXPECT_FALSE(ParseHead("GET / HTTP/1.0\r\nHost: a\r\n\r\n")->keep_alive);
}

TEST(ParseHead, AHeaderThatComesTwiceHasNoValue) {
  EXPECT_FALSE(ParseHead(Get("X-Gitlab-Token: a\r\nX-GitLab-Token: b\r\n"))->Header("x-gitlab-token"));
}

TEST(EndOfHead, IsFoundWhereverTheBytesWereCut) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (std::size_t cut = 0; cut <= head.size(); ++cut) {
    const std::string first = head.substr(0, cut);
    EXPECT_EQ(EndOfHead(first, 0).has_value(), cut == head.size());
    if (cut < head.size()) {  // else it was found before
      EXPECT_EQ(EndOfHead(head, cut), head.size());
    }
  }
}

TEST(PercentDecode, IsStrict) {
  EXPECT_EQ(PercentDecode("a%2Fb%c3%A9+", false), "a/b\xc3\xa9+");
  EXPECT_EQ(PercentDecode("a+b%2B", true), "a b+");
  for (const char* bad : {"%", "%2", "%g0", "a%", "%00", "%ff", "%c3", "%e2%80"}) {
    EXPECT_FALSE(PercentDecode(bad, false)) << bad;
  }
  EXPECT_EQ(PercentDecode(PercentEncode("a/\xc3\xa9 &=%+~"), false), "a/\xc3\xa9 &=%+~");
}

TEST(ParseParameters, ReadsQueriesAndForms) {
  EXPECT_EQ(ParseParameters("a=1&b=x%20y&&c&a=2"),
            (Parameters{{"a", "1"}, {"b", "x y"}, {"c", ""}, {"a", "2"}}));
  EXPECT_EQ(ParseParameters(""), Parameters());
  EXPECT_FALSE(ParseParameters("a=%"));
}

TEST(CookieValue, IsTheOneOfThatName) {
  EXPECT_EQ(CookieValue("a=1; paliad_session=x; b=2", "paliad_session"), "x");
  EXPECT_FALSE(CookieValue("paliad_session=x; paliad_session=y", "paliad_session"));
  EXPECT_FALSE(CookieValue("xpaliad_session=x", "paliad_session"));
}

TEST(FormatResponse, AValueCannotAddALine) {
  Response response{.status = 303};
  response.Add("Location", "/a\r\nSet-Cookie: b=c");
  const std::string text = FormatResponse(response, false, false);
  EXPECT_NE(text.find("Location: /aSet-Cookie: b=c\r\n"), std::string::npos);
  EXPECT_EQ(text.find("\r\nSet-Cookie"), std::string::npos);
}

TEST(FormatResponse, HeadAndNotModifiedHaveNoBody) {
  EXPECT_EQ(FormatResponse({.body = "abc"}, true, true).find("abc"), std::string::npos);
  EXPECT_NE(FormatResponse({.body = "abc"}, true, true).find("Content-Length: 3"), std::string::npos);
  EXPECT_EQ(FormatResponse({.status = 304}, true, false).find("Content-Length"), std::string::npos);
}

}  // namespace
}  // namespace paliad::http
