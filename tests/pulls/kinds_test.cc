// The same round on every kind of forge, which tells of it by webhooks alone: the interval never comes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/json.h"
#include "tests/pulls/forge_scenario.h"

namespace paliad::testing {
namespace {

struct Kind {
  const char* name;
  const char* secret;
};

class Kinds : public ForgeScenario, public ::testing::WithParamInterface<Kind> {
 protected:
  Kinds() : ForgeScenario(GetParam().name) {}
};

TEST_P(Kinds, OpenedMendedMergedAndApplied) {
  PushMain({{"001_a.up.sql", "CREATE TABLE public.a (id bigint PRIMARY KEY);\n"}});
  served_.interval = "1h";
  ServeWithWebhooks(GetParam().secret);
  served_.Await(Served::kApplied, "1");
  const int number = Open("topic", {{"001_b.up.sql", "CREATE TABLE public.b (id bigint PRIMARY KEY);\n"}});
  AwaitStatus(Head("topic"), kPolicyContext, "failure");
  const Json before = AwaitComment(number, "version-collision");

  const std::string mended = Change(
      "topic", {{"001_b.up.sql", ""}, {"002_b.up.sql", "CREATE TABLE public.b (id bigint PRIMARY KEY);\n"}});
  forge_.Pushed("topic");
  AwaitStatus(mended, kPolicyContext, "success");
  AwaitStatus(mended, kDryRunContext, "success");
  AwaitAllTold();
  ASSERT_EQ(OurComments(number).size(), 1U);
  EXPECT_EQ(OurComments(number)[0]["id"], before["id"]);
  EXPECT_NE(OurComments(number)[0]["body"], before["body"]);

  forge_.Grant("grace", "write");
  forge_.Review(number, "grace");
  const std::string merge = forge_.Merge(number);
  AwaitStatus(merge, kApplyContext, "success");
  EXPECT_EQ(served_.Value(Served::kApplied), "1 2");
  served_.Await(
      "SELECT convert_from(leaf, 'UTF8')::jsonb #>> '{pull_request,approvers,0}' FROM paliad_ledger.entry"
      " WHERE kind = 'attributed' AND convert_from(leaf, 'UTF8')::jsonb ->> 'commit' = '" +
          merge + "'",
      "grace");
  const Json seen = forge_.Seen();
  for (const Json& delivery : seen["deliveries"]) {
    EXPECT_THAT(delivery[1].get<int>(), ::testing::AnyOf(200, 202)) << delivery.dump();
  }
}

TEST_P(Kinds, AForksPullRequestIsToldToo) {
  PushMain({{"001_a.up.sql", "CREATE TABLE public.a (id bigint PRIMARY KEY);\n"}});
  Branch("theirs", {{"001_b.up.sql", "CREATE TABLE public.b (id bigint PRIMARY KEY);\n"}});
  served_.repo().Git({"push", "--quiet", "origin", "theirs:refs/forks/mallory/theirs", ":refs/heads/theirs"});
  Serve();
  const int number = forge_.Open({.branch = "theirs", .author = "mallory", .fork = "mallory"});
  AwaitStatus(Head("theirs"), kPolicyContext, "failure");
  AwaitComment(number, "version-collision");
}

INSTANTIATE_TEST_SUITE_P(All, Kinds,
                         ::testing::Values(Kind{"gitea", "s3cret"}, Kind{"forgejo", "s3cret"},
                                           Kind{"github", "s3cret"},
                                           Kind{"gitlab", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}),
                         [](const auto& instance) { return std::string(instance.param.name); });

}  // namespace
}  // namespace paliad::testing
