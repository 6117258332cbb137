#include "tests/site/site_fixture.h"

#include "controller/serve/access/tokens.h"

namespace paliad::testing {

SiteTest::SiteTest() {
  scenario_.Commit("nothing yet");
  operator_token_ = serve::AddToken(tokens_file(), "ada", serve::Role::kOperator, clock_).value().token;
  auditor_token_ = serve::AddToken(tokens_file(), "grace", serve::Role::kAuditor, clock_).value().token;
  Target production{.name = "production", .database_url = scenario_.url()};
  Target broken{.name = "broken", .database_url = "postgresql:///app?host=" + dir_.path() + "/nothing"};
  options_.listen = "127.0.0.1:0";
  options_.tokens_file = tokens_file();
  options_.targets = {
      {.target = production,
       .forge = serve::SiteForge{.kind = serve::ForgeKind::kGitea, .webhook_secrets = {"old", kHookSecret}}},
      {.target = broken, .forge = std::nullopt}};
}

void SiteTest::Start() {
  serve::TargetSnapshot production{
      .name = "production", .since = clock_.Now(), .clone = scenario_.repo().git_dir()};
  production.head = scenario_.repo().Head();
  production.commit = production.head;
  production.commits_behind = 0;
  production.database.last_success = clock_.Now();
  production.repository.last_success = clock_.Now();
  serve::TargetSnapshot broken{.name = "broken", .state = serve::State::kRetrying, .reason = "no database"};
  broken.since = clock_.Now();
  broken.attempt = 3;
  broken.repository.last_success = clock_.Now();
  broken.database.error = "connection refused";
  control_ = std::make_unique<serve::FakeControl>(std::vector<serve::TargetSnapshot>{production, broken});
  auto site = serve::StartSite(options_, *control_, metrics_, clock_);
  ASSERT_TRUE(site) << site.error().Message();
  site_ = *std::move(site);
}

void SiteTest::MakeHistory() {
  const auto run = [this](int exit_code) { EXPECT_EQ(scenario_.Run({"reconcile"}).exit_code, exit_code); };
  scenario_.Commit(
      {{"001_person.up.sql", "CREATE TABLE person (id bigint PRIMARY KEY, email text NOT NULL);\n"},
       {"002_office <script>alert(1)<!script> \"'&.up.sql",
        "-- <script>document.title = 'owned'</script> \" ' & <b>\n"
        "CREATE TABLE office (id bigint PRIMARY KEY);\n"}});
  run(0);
  scenario_.Commit({{"003_desk.up.sql", "CREATE TABLE desk (id bigint PRIMARY KEY);\n"}});
  run(0);
  run(0);
  scenario_.Commit({{"004_bad.up.sql", "CREATE TABEL x;\n"}});
  run(3);
  scenario_.Commit({{"004_bad.up.sql", "SELECT 1 / (SELECT count(*) FROM person);\n"}});
  run(1);
}

HttpReply SiteTest::Get(std::string_view path, std::string_view token) const {
  return Send("GET", path, token);
}

HttpReply SiteTest::Send(std::string_view method, std::string_view path, std::string_view token,
                         std::string_view headers, std::string_view body) const {
  std::string lines(headers);
  if (!token.empty()) {
    lines += "Authorization: Bearer " + std::string(token) + "\r\n";
  }
  return Fetch(port(), method, path, lines, body);
}

Json SiteTest::GetJson(std::string_view path) const {
  const HttpReply reply = Get(path, auditor_token_);
  EXPECT_EQ(reply.status, 200) << path << "\n" << reply.body;
  return ParseJson(reply.body).value_or(Json());
}

}  // namespace paliad::testing
