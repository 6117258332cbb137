#include "controller/serve/access/access.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/temp_dir.h"

namespace paliad::serve {
namespace {

// Stands still until it is moved.
class ManualClock final : public Clock {
 public:
  WallTime Now() const override { return WallTime(std::chrono::hours(1)); }
  SteadyTime Steady() const override { return steady_; }
  void Sleep(std::chrono::milliseconds) const override {}
  void Advance(std::chrono::seconds duration) { steady_ += duration; }

 private:
  SteadyTime steady_{std::chrono::hours(1)};
};

http::Request WithToken(const std::string& token) {
  return {.headers = {{"authorization", "Bearer " + token}}};
}

http::Request WithCookie(const std::string& session) {
  return {.headers = {{"cookie", "theme=dark; paliad_session=" + session}}};
}

class AccessTest : public ::testing::Test {
 protected:
  const testing::TempDir dir_;
  ManualClock clock_;
  const std::string file_ = dir_.path() + "/tokens";
  const NewToken operator_ = AddToken(file_, "ada", Role::kOperator, clock_).value();
  Access access_{file_, clock_};
};

TEST_F(AccessTest, AHeaderSaysWhoItIs) {
  const auto person = access_.Identify(WithToken(operator_.token));
  ASSERT_TRUE(person);
  EXPECT_EQ(person->name, "ada");
  EXPECT_EQ(person->role, Role::kOperator);
  EXPECT_EQ(person->csrf, "");
  EXPECT_TRUE(access_.Identify({.headers = {{"authorization", "bearer " + operator_.token}}}));
  EXPECT_FALSE(access_.Identify({.headers = {{"authorization", "Basic " + operator_.token}}}));
  EXPECT_FALSE(access_.Identify({.headers = {{"authorization", operator_.token}}}));
  EXPECT_FALSE(access_.Identify(WithToken("")));
  EXPECT_FALSE(access_.Identify({}));
}

TEST_F(AccessTest, ASignInLastsTwelveHours) {
  const auto session = access_.SignIn(operator_.token);
  ASSERT_TRUE(session);
  const auto person = access_.Identify(WithCookie(*session));
  ASSERT_TRUE(person);
  EXPECT_EQ(person->name, "ada");
  EXPECT_TRUE(Access::IsOwnForm(*person, person->csrf));
  EXPECT_FALSE(Access::IsOwnForm(*person, ""));
  EXPECT_FALSE(Access::IsOwnForm(*person, person->csrf + "0"));
  clock_.Advance(kSessionLasts - std::chrono::seconds(1));
  EXPECT_TRUE(access_.Identify(WithCookie(*session)));
  clock_.Advance(std::chrono::seconds(1));
  EXPECT_FALSE(access_.Identify(WithCookie(*session)));
}

TEST_F(AccessTest, AWrongTokenDoesNotSignIn) {
  EXPECT_FALSE(access_.SignIn(operator_.token + "x"));
  EXPECT_FALSE(access_.SignIn(""));
  EXPECT_FALSE(access_.Identify(WithCookie("")));
  EXPECT_FALSE(access_.Identify(WithCookie("guessed")));
}

TEST_F(AccessTest, SigningOutEndsTheSessionOnTheServer) {
  const auto session = access_.SignIn(operator_.token);
  access_.SignOut(WithCookie(*session));
  EXPECT_FALSE(access_.Identify(WithCookie(*session)));
}

TEST_F(AccessTest, ARevokedTokenEndsItsSessionsAtOnce) {
  const auto session = access_.SignIn(operator_.token);
  ASSERT_TRUE(RevokeToken(file_, "ada"));
  EXPECT_FALSE(access_.Identify(WithToken(operator_.token)));
  EXPECT_FALSE(access_.Identify(WithCookie(*session)));
}

TEST_F(AccessTest, ATokenThatIsMadeLaterIsGoodWithoutARestart) {
  EXPECT_FALSE(access_.SignIn("paliad_x"));
  const NewToken later = AddToken(file_, "grace", Role::kAuditor, clock_).value();
  EXPECT_TRUE(access_.Identify(WithToken(later.token)));
}

TEST_F(AccessTest, AFileThatOthersMayReadLetsNobodyIn) {
  chmod(file_.c_str(), 0644);
  EXPECT_FALSE(access_.Identify(WithToken(operator_.token)));
}

TEST_F(AccessTest, AnonymousReadingIsOffUnlessItIsTurnedOn) {
  EXPECT_FALSE(access_.Identify({}));
  access_.set_anonymous_read(true);
  const auto anybody = access_.Identify({});
  ASSERT_TRUE(anybody);
  EXPECT_TRUE(anybody->anonymous);
  EXPECT_EQ(anybody->role, Role::kAuditor);
  EXPECT_FALSE(access_.Identify(WithToken("wrong"))) << "a wrong token is a mistake to be told of";
}

TEST_F(AccessTest, TheNumberOfSessionsHasABound) {
  const auto first = access_.SignIn(operator_.token);
  for (int i = 0; i < 1'000; ++i) {
    clock_.Advance(std::chrono::seconds(1));
    ASSERT_TRUE(access_.SignIn(operator_.token));
  }
  EXPECT_FALSE(access_.Identify(WithCookie(*first)));
}

TEST(SetCookie, IsForThisSiteAndItsServerOnly) {
  EXPECT_EQ(Access::SetCookie("abc"),
            "paliad_session=abc; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=43200");
  EXPECT_EQ(Access::SetCookie(""), "paliad_session=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
}

}  // namespace
}  // namespace paliad::serve
