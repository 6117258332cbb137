#include "controller/forge/link_header.h"

#include <gtest/gtest.h>

namespace paliad::forge {
namespace {

TEST(LinkHeader, NamesTheNextPage) {
  struct Case {
    const char* header;
    const char* next;
  };
  const Case cases[] = {
      {R"(<https://api.github.com/x?page=2>; rel="next", <https://api.github.com/x?page=5>; rel="last")",
       "https://api.github.com/x?page=2"},
      {R"(<https://h/x?page=1>; rel="prev", <https://h/x?page=3>; rel="next")", "https://h/x?page=3"},
      {R"(<https://h/x>; rel=next)", "https://h/x"},
      {R"(<https://h/x>;title="a, <b>; rel=next";REL="last Next")", "https://h/x"},
      {R"(<https://h/x>; title="rel=next", <https://h/y>; rel="next")", "https://h/y"},
      {R"(<https://h/a,b;c>; rel="next")", "https://h/a,b;c"},
      {R"(<https://h/x> ; rel = "next")", "https://h/x"},
      {R"(<https://h/x>; rel="last")", ""},
      {R"(<https://h/x>; rel="nextish")", ""},
      {R"(<https://h/x)", ""},
      {R"(<https://h/x>; rel="next)", ""},
      {">;<", ""},
      {"", ""},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(LinkTarget(c.header, "next"), c.next) << c.header;
  }
}

}  // namespace
}  // namespace paliad::forge
