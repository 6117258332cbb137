#include "controller/serve/access/tokens.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/sha256.h"
#include "tests/support/temp_dir.h"

namespace paliad::serve {
namespace {

using testing::ReadFile;
using testing::TempDir;

class Tokens : public ::testing::Test {
 protected:
  NewToken Add(const std::string& name, Role role = Role::kAuditor) {
    return AddToken(file_, name, role, clock_).value();
  }

  const TempDir dir_;
  const SystemClock clock_{};
  const std::string file_ = dir_.path() + "/tokens";
};

TEST_F(Tokens, ATokenIsFoundByWhatWasShownOnce) {
  const NewToken made = Add("ada", Role::kOperator);
  Add("grace");
  EXPECT_EQ(made.token.size(), 50U);
  EXPECT_EQ(made.token.substr(0, 7), "paliad_");
  const auto tokens = ReadTokens(file_).value();
  ASSERT_EQ(tokens.size(), 2U);
  const TokenRecord* found = FindToken(tokens, made.token);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->name, "ada");
  EXPECT_EQ(found->role, Role::kOperator);
  for (const std::string& wrong :
       {std::string(), made.token + "x", made.token.substr(1), found->hash, found->id}) {
    EXPECT_EQ(FindToken(tokens, wrong), nullptr) << wrong;
  }
}

TEST_F(Tokens, TheFileHoldsTheHashAndIsItsOwnersAlone) {
  const NewToken made = Add("ada");
  const std::string text = ReadFile(file_);
  EXPECT_EQ(text.find(made.token), std::string::npos);
  EXPECT_EQ(text.find(made.token.substr(7)), std::string::npos);
  EXPECT_NE(text.find(Sha256Hex(made.token)), std::string::npos);
  struct stat status {};
  ASSERT_EQ(stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(Tokens, AFileThatOthersMayReadIsNotTrusted) {
  Add("ada");
  chmod(file_.c_str(), 0640);
  const auto tokens = ReadTokens(file_);
  ASSERT_FALSE(tokens);
  EXPECT_NE(tokens.error().hint.find("chmod 600"), std::string::npos);
  EXPECT_FALSE(AddToken(file_, "grace", Role::kAuditor, clock_));
}

TEST_F(Tokens, NoFileIsNoTokens) { EXPECT_EQ(ReadTokens(file_).value().size(), 0U); }

TEST_F(Tokens, ADamagedFileIsAnError) {
  for (const char* text : {"", "{", "[]", "{\"tokens\":7}", "{\"tokens\":[7]}",
                           "{\"tokens\":[{\"id\":\"a\",\"name\":\"b\",\"role\":\"king\",\"hash\":\"c\"}]}"}) {
    testing::WriteFile(file_, text);
    chmod(file_.c_str(), 0600);
    EXPECT_FALSE(ReadTokens(file_)) << text;
  }
}

TEST_F(Tokens, OneIsRevokedByIdOrByAnUnambiguousName) {
  const NewToken first = Add("ci");
  const NewToken second = Add("ci");
  const NewToken third = Add("ada");
  EXPECT_FALSE(RevokeToken(file_, "ci"));
  EXPECT_FALSE(RevokeToken(file_, "nobody"));
  EXPECT_EQ(RevokeToken(file_, first.record.id)->name, "ci");
  EXPECT_EQ(RevokeToken(file_, "ci")->id, second.record.id);
  const auto tokens = ReadTokens(file_).value();
  ASSERT_EQ(tokens.size(), 1U);
  EXPECT_EQ(tokens.front().id, third.record.id);
}

TEST_F(Tokens, NamesThatCannotBeShownAreRefused) {
  for (const std::string& name :
       {std::string(), std::string(101, 'a'), std::string("a\nb"), std::string("\x1b[31m"),
        std::string("\xff"), std::string("\xe2\x80\xae")}) {
    EXPECT_FALSE(AddToken(file_, name, Role::kAuditor, clock_)) << name;
  }
  EXPECT_TRUE(AddToken(file_, "Ada L\xc3\xb6velace <script>", Role::kAuditor, clock_));
}

TEST_F(Tokens, SeveralAtOnceLoseNone) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this, i] {
      for (int n = 0; n < 5; ++n) {
        Add(std::to_string(i) + "-" + std::to_string(n));
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  std::set<std::string> ids;
  const std::vector<TokenRecord> tokens = ReadTokens(file_).value();
  for (const TokenRecord& token : tokens) {
    ids.insert(token.id);
  }
  EXPECT_EQ(ids.size(), 20U);
}

}  // namespace
}  // namespace paliad::serve
