// Pull requests of strangers: what they may not do.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>

#include "base/json.h"
#include "tests/pulls/forge_scenario.h"
#include "tests/support/postgres_server.h"

namespace paliad::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kFirst[] = "CREATE TABLE public.a (id bigint PRIMARY KEY);\n";

class HostilePulls : public ForgeScenario {
 protected:
  HostilePulls() : ForgeScenario("gitea", Watched().CreateDatabase()) {}

  // A server that logs every statement.
  static PostgresServer& Watched() {
    static PostgresServer& server = *new PostgresServer({.settings = {"log_statement = all"}});
    return server;
  }

  void Begin(const std::string& more = "") {
    PushMain({{"001_a.up.sql", kFirst}});
    Serve(more);
    served_.Await(Served::kApplied, "1");
  }

  // A fork's branch with these files, and a pull request from it.
  int OpenFromFork(const std::string& branch, const Files& files) {
    Branch(branch, files);
    served_.repo().Git(
        {"push", "--quiet", "origin", branch + ":refs/forks/mallory/" + branch, ":refs/heads/" + branch});
    return forge_.Open({.branch = branch, .author = "mallory", .fork = "mallory"});
  }
};

// Of what is hidden or whole HTML that we write, only the marker and a few tags are there.
void ExpectPlain(std::string body, const std::string& forge_url) {
  // Where links of our own lead is no text.
  for (std::size_t at = 0; (at = body.find("](" + forge_url, at)) != std::string::npos;) {
    body.erase(at, body.find(')', at) - at);
  }
  for (const char* markup :
       {"<img", "<script", "</details><", "@grace", "@all", "](http://evil", "](javascript", " http://evil",
        "www.evil", "**bold**", "~~struck~~", "\xE2\x80\xAE", "#1 ", "`code`", "\n# heading", "<!-- gone"}) {
    EXPECT_THAT(body, Not(HasSubstr(markup)));
  }
}

TEST_F(HostilePulls, MarkupInFileNamesArrivesAsPlainText) {
  Begin();
  const std::string name =
      "002_<img src=x onerror=alert(1)> @grace @all #1 **bold** ~~struck~~ `code` | [click](http:evil) "
      "www.evil.example \xE2\x80\xAE.up.sql";
  const int number = Open("topic", {{name, "COMMIT;\n"}});
  AwaitStatus(Head("topic"), kPolicyContext, "failure");
  const std::string body = AwaitComment(number, "transaction-control")["body"];
  ExpectPlain(body, forge_.url());
  EXPECT_THAT(body, HasSubstr("img src"));  // it is there all the same
  EXPECT_THAT(forge_.Statuses(Head("topic"))[kPolicyContext]["description"].get<std::string>(),
              Not(HasSubstr("\xE2\x80\xAE")));
}

TEST_F(HostilePulls, MarkupInSqlAndInTheServersMessagesArrivesAsPlainText) {
  Begin();
  const int parse = Open("parse", {{"002_p.up.sql", "SELEKT '</details><script>' \"@grace\";\n"}});
  const int identifier = Open(
      "identifier",
      {{"003_i.up.sql", "DROP TABLE public.\"@grace <img src=x> [x](http://evil.example) **bold**\";\n"}});
  const int message = Open("message", {{"004_m.up.sql", R"(DO $$ BEGIN RAISE EXCEPTION
  '<!-- gone @grace <script> [x](javascript:alert(1)) http://evil.example %
# heading', chr(8238); END $$;
)"}});
  AwaitStatus(Head("parse"), kPolicyContext, "failure");
  ExpectPlain(AwaitComment(parse, "syntax")["body"], forge_.url());
  AwaitStatus(Head("identifier"), kDryRunContext, "failure");
  ExpectPlain(AwaitComment(identifier, "does not exist")["body"], forge_.url());
  AwaitStatus(Head("message"), kDryRunContext, "failure");
  ExpectPlain(AwaitComment(message, "gone")["body"], forge_.url());
}

TEST_F(HostilePulls, APullRequestThatRelaxesThePolicyIsJudgedByTheBranchsAndToldSo) {
  Begin();
  Branch("relaxed", {{"002_r.up.sql", "ALTER TABLE public.a ADD COLUMN x int NOT NULL;\n"}});
  const std::string head = ChangePaths(
      "relaxed", {{".paliad/policy.toml", "extends = \"default\"\n[rules]\nrequired-column = \"off\"\n"}});
  const int number = forge_.Open({.branch = "relaxed", .author = "mallory"});
  AwaitStatus(head, kPolicyContext, "failure");
  EXPECT_THAT(AwaitComment(number, "required-column")["body"].get<std::string>(),
              HasSubstr("the policy file"));
}

TEST_F(HostilePulls, AForksSqlRunsNowhereAndItsClaimOnlyWarnsOthers) {
  Begin();
  const std::string sql = "CREATE TABLE public.canary_7f3a (id bigint PRIMARY KEY);\n";
  const int fork = OpenFromFork("theirs", {{"107_theirs.up.sql", sql}});
  const std::string their_head = Head("theirs");
  AwaitStatus(their_head, kPolicyContext, "success");
  const int own = Open("ours", {{"107_ours.up.sql", "CREATE TABLE public.ours (id bigint PRIMARY KEY);\n"}});
  AwaitComment(own, "version-claimed");
  AwaitStatus(Head("ours"), kPolicyContext, "success");
  AwaitStatus(Head("ours"), kDryRunContext, "success");
  AwaitStatus(their_head, kPolicyContext, "failure");
  AwaitComment(fork, "version-claimed");
  AwaitAllTold();
  EXPECT_EQ(forge_.Status(their_head, kDryRunContext), "");
  EXPECT_THAT(Watched().Log(), Not(HasSubstr("canary_7f3a")));
  EXPECT_THAT(Server().Log(), Not(HasSubstr("canary_7f3a")));
  EXPECT_EQ(served_.Value("SELECT count(*) FROM paliad_ledger.entry WHERE kind = 'check_finished'"
                          " AND convert_from(leaf, 'UTF8') LIKE '%" +
                          their_head + "%'"),
            "0")
      << "recorded once it is merged";
  forge_.Close(own);
  AwaitStatus(their_head, kPolicyContext, "success");
  forge_.Merge(fork);
  served_.Await(Served::kApplied, "1 107");
  served_.Await(
      "SELECT count(*) FROM paliad_ledger.entry WHERE kind = 'check_finished'"
      " AND convert_from(leaf, 'UTF8') LIKE '%" +
          their_head + "%'",
      "1");
}

TEST_F(HostilePulls, SqlThatAPullRequestTriesRunsOnTheScratchServerOnly) {
  Begin();
  const int number =
      Open("topic", {{"002_t.up.sql", "CREATE TABLE public.canary_91bc ();\nSELECT 1 / 0;\n"}});
  AwaitStatus(Head("topic"), kDryRunContext, "failure");
  AwaitComment(number, "division by zero");
  EXPECT_THAT(Watched().Log(), Not(HasSubstr("CREATE TABLE public.canary_91bc")));
}

// Only the target's repository is fetched from, whatever a pull request names.
TEST_F(HostilePulls, ASubmoduleOrAnAlternateIsNoPlaceToFetchFrom) {
  FakeForge elsewhere("gitea", served_.origin());
  Begin();
  Branch("topic", {{"002_t.up.sql", "COMMIT;\n"}});
  ChangePaths("topic", {{".gitmodules",
                         fmt::format("[submodule \"migrations/x\"]\n\tpath = migrations/x\n\turl = {}\n",
                                     elsewhere.repository_url())},
                        {".lfsconfig", fmt::format("[lfs]\n\turl = {}\n", elsewhere.url())},
                        {"migrations/003_l.up.sql",
                         "version https://git-lfs.github.com/spec/v1\noid sha256:"
                         "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"}});
  const int number = forge_.Open({.branch = "topic", .author = "mallory"});
  AwaitComment(number, "unreadable");
  EXPECT_EQ(elsewhere.Seen()["requests"].size(), 0U);
  EXPECT_EQ(elsewhere.Seen()["git"].size(), 0U);
  EXPECT_GT(forge_.Seen()["git"].size(), 0U);
}

}  // namespace
}  // namespace paliad::testing
