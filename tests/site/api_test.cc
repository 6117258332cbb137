// The API over a real database.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "ledger/checkpoint.h"
#include "ledger/encoding.h"
#include "ledger/merkle.h"
#include "ledger/proof.h"
#include "ledger/tlog_proof.h"
#include "tests/site/site_fixture.h"
#include "tests/support/process.h"

namespace paliad::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kJson[] = "Content-Type: application/json\r\n";

class Api : public SiteTest {
 protected:
  // Stores what a run that publishes would: the checkpoint of the first `size` entries. Its text.
  std::string PutCheckpoint(std::uint64_t size, const std::string& key_id) {
    ledger::CompactRange range;
    std::istringstream hashes(scenario_.Value(
        fmt::format("SELECT string_agg(encode(leaf_hash, 'hex'), ' ' ORDER BY seq) FROM paliad_ledger.entry"
                    " WHERE seq < {}",
                    size)));
    for (std::string hash; hashes >> hash;) {
      range.Append(*ledger::ParseHexHash(hash));
    }
    EXPECT_EQ(range.size(), size);
    std::string text = ledger::FormatCheckpoint({"example.com/log", size, range.Root()});
    scenario_.Exec(fmt::format("SELECT paliad_ledger.put_checkpoint({}, decode('{}', 'hex'), '{}')", size,
                               key_id, text));
    return text;
  }
};

TEST_F(Api, EveryAnswerIsAsTheOpenApiDocumentSays) {
  MakeHistory();
  PutCheckpoint(5, "01020304");
  Start();
  const ProcessResult result =
      RunProgram({.argv = {"/usr/bin/python3", "tests/site/validate_api.py", std::to_string(port()),
                           auditor_token_, operator_token_}});
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("answers are as described"));
}

TEST_F(Api, WithoutATokenNothingIsShown) {
  Start();
  for (const char* path : {"/api/v1/targets", "/api/v1/targets/production", "/api/v1/targets/nothing",
                           "/api/v1/targets/production/runs", "/api/v1/nothing"}) {
    for (const std::string token : {"", "paliad_wrong", "x"}) {
      const HttpReply reply = Get(path, token);
      EXPECT_EQ(reply.status, 401) << path;
      EXPECT_EQ(reply.headers.at("www-authenticate"), "Bearer realm=\"paliad\"");
      EXPECT_THAT(reply.body, Not(HasSubstr("production")));
    }
  }
  for (const char* path :
       {"/", "/targets/production", "/targets/nothing", "/targets/production/runs?outcome=failed"}) {
    const HttpReply reply = Get(path, "");
    EXPECT_EQ(reply.status, 303) << path;
    EXPECT_THAT(reply.headers.at("location"), HasSubstr("/login"));
    EXPECT_EQ(reply.body, "");
  }
}

TEST_F(Api, AnonymousReadingIsAChoiceAndNeverActs) {
  options_.anonymous_read = true;
  Start();
  EXPECT_EQ(Get("/api/v1/targets", "").status, 200);
  EXPECT_EQ(Get("/", "").status, 200);
  EXPECT_EQ(Send("POST", "/api/v1/targets/production/suspend", "", kJson, R"({"reason":"x"})").status, 403);
  EXPECT_EQ(Send("POST", "/targets/production/suspend", "", "", "reason=x").status, 403);
  EXPECT_THAT(control_->requests(), ElementsAre());
}

TEST_F(Api, AnOperatorActsWithAReasonAndAnAuditorDoesNot) {
  Start();
  const std::string suspend = "/api/v1/targets/production/suspend";
  EXPECT_EQ(Send("POST", suspend, auditor_token_, kJson, R"({"reason":"x"})").status, 403);
  for (const std::string body : {"", "{}", "[]", R"({"reason":""})", R"({"reason":" \n"})", R"({"reason":7})",
                                 R"({"reason":"x","more":1})", R"({"reason":"x","accept_rewrite":true})"}) {
    EXPECT_EQ(Send("POST", suspend, operator_token_, kJson, body).status, 400) << body;
  }
  EXPECT_EQ(Send("POST", suspend, operator_token_, "", R"({"reason":"x"})").status, 400) << "no content type";
  EXPECT_THAT(control_->requests(), ElementsAre());
  const HttpReply done = Send("POST", suspend, operator_token_, kJson, R"({"reason":"the summer sale"})");
  EXPECT_EQ(done.status, 202) << done.body;
  EXPECT_THAT(done.body, HasSubstr("\"state\":\"suspended\",\"reason\":\"the summer sale\""));
  const HttpReply refused =
      Send("POST", "/api/v1/targets/production/reconcile", operator_token_, kJson, R"({"reason":"now"})");
  EXPECT_EQ(refused.status, 409);
  EXPECT_THAT(refused.body, HasSubstr("\"kind\":\"conflict\""));
  EXPECT_EQ(Send("POST", "/api/v1/targets/production/resume", operator_token_, kJson,
                 R"({"reason":"over","accept_rewrite":true})")
                .status,
            202);
  EXPECT_THAT(control_->requests(), ElementsAre("ada: suspend production: the summer sale",
                                                "ada: resume, rewritten, production: over"));
  EXPECT_EQ(Get(suspend, operator_token_).status, 405);
  EXPECT_EQ(
      Send("POST", "/api/v1/targets/nothing/suspend", operator_token_, kJson, R"({"reason":"x"})").status,
      404);
  EXPECT_EQ(Send("DELETE", "/api/v1/targets/production", operator_token_).status, 405);
}

TEST_F(Api, PagesJoinToTheWholeWithoutAGap) {
  MakeHistory();
  Start();
  const std::string base = "/api/v1/targets/production/";
  for (const auto& [list, key] : std::map<std::string, std::string>{{"entries?order=asc&", "seq"},
                                                                    {"entries?", "seq"},
                                                                    {"runs?", "run_id"},
                                                                    {"migrations?", "version"}}) {
    const Json whole = GetJson(base + list + "limit=1000");
    EXPECT_TRUE(whole["next"].is_null());
    Json joined = Json::array();
    std::string cursor;
    do {
      const Json page = GetJson(base + list + "limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor));
      EXPECT_LE(page["items"].size(), 2U);
      joined.insert(joined.end(), page["items"].begin(), page["items"].end());
      cursor = page["next"].is_null() ? "" : page["next"].get<std::string>();
    } while (!cursor.empty());
    EXPECT_EQ(joined, whole["items"]) << list;
    EXPECT_GE(joined.size(), 3U) << list;
  }
  const HttpReply reply = Get(base + "runs?outcome=applied&limit=1", auditor_token_);
  EXPECT_THAT(reply.headers.at("link"),
              HasSubstr("</api/v1/targets/production/runs?outcome=applied&limit=1&cursor="));
}

TEST_F(Api, FiltersFindWhatTheySay) {
  MakeHistory();
  Start();
  const auto count = [this](const std::string& query) {
    return GetJson("/api/v1/targets/production/runs?" + query)["items"].size();
  };
  EXPECT_EQ(count(""), 5U);
  EXPECT_EQ(count("outcome=applied"), 2U);
  EXPECT_EQ(count("outcome=rejected"), 1U);
  EXPECT_EQ(count("outcome=failed"), 1U);
  EXPECT_EQ(count("version=3"), 1U);
  EXPECT_EQ(count("commit=" + scenario_.repo().Head().substr(0, 10)), 1U);
  EXPECT_EQ(count("since=2020-01-01"), 5U);
  EXPECT_EQ(count("until=2020-01-01T00:00:00.5Z"), 0U);
  EXPECT_EQ(count("author=nobody-at-all"), 0U);
  const Json run = GetJson("/api/v1/targets/production/runs?outcome=failed")["items"][0];
  const Json shown = GetJson("/api/v1/targets/production/runs/" + run["run_id"].get<std::string>());
  EXPECT_EQ(shown["entries"].front()["leaf"]["kind"], "run_started");
  EXPECT_EQ(shown["entries"].back()["leaf"]["kind"], "run_finished");
  EXPECT_GT(shown["duration_ms"].get<double>(), 0);
  const Json history = GetJson("/api/v1/targets/production/migrations/2");
  EXPECT_EQ(history["applied"]["name"], "office <script>alert(1)<!script> \"'&");
  EXPECT_EQ(history["entries"][0]["leaf"]["kind"], "applied");
  EXPECT_EQ(GetJson("/api/v1/targets/production/entries?kind=applied&version=3")["items"].size(), 1U);
}

TEST_F(Api, AWrongParameterIsNamed) {
  Start();
  for (const std::string query :
       {"runs?outcom=applied", "runs?outcome=good", "runs?limit=0", "runs?limit=1001", "runs?limit=-1",
        "runs?cursor=x", "runs?since=yesterday", "runs?since=2026-13-01", "runs?until=2026-01-01T25:00:00Z",
        "runs?version=1&version=2", "runs?commit=xyz", "runs?run=%27", "entries?order=up", "entries?run=abc",
        "runs?author=%ff", "migrations?version=1"}) {
    const HttpReply reply = Get("/api/v1/targets/production/" + query, auditor_token_);
    EXPECT_EQ(reply.status, 400) << query << reply.body;
    EXPECT_THAT(reply.body,
                HasSubstr("{\"error\":{\"kind\":\"invalid_input\",\"message\":\"cannot understand"));
  }
  for (const char* path : {"/api/v1/targets/nothing", "/api/v1/targets/production/runs/ffffffff",
                           "/api/v1/targets/production/entries/99", "/api/v1/targets/production/proofs/99",
                           "/api/v1/targets/production/migrations/99", "/api/v1/targets/production/proofs",
                           "/api/v1/targets/production/x", "/api/v1", "/api/v1/targets/production/runs/a/b",
                           "/api/v1/targets/..%2f..%2fetc%2fpasswd", "/api/v1/targets/%00"}) {
    EXPECT_EQ(Get(path, auditor_token_).status, 404) << path;
  }
}

TEST_F(Api, WhatHasNotChangedIsNotSentAgain) {
  MakeHistory();
  Start();
  const std::string path = "/api/v1/targets/production/runs";
  const HttpReply first = Get(path, auditor_token_);
  const std::string tag = first.headers.at("etag");
  EXPECT_EQ(first.headers.at("cache-control"), "private, no-cache");
  const HttpReply same = Send("GET", path, auditor_token_, "If-None-Match: \"x\", W/" + tag + "\r\n");
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.body, "");
  EXPECT_EQ(Send("GET", path, auditor_token_, "If-None-Match: \"x\"\r\n").status, 200);
  scenario_.Run({"reconcile"});
  EXPECT_EQ(Send("GET", path, auditor_token_, "If-None-Match: " + tag + "\r\n").status, 200);
}

TEST_F(Api, AProofProves) {
  MakeHistory();
  const std::string note = PutCheckpoint(9, "");
  Start();
  const auto size = std::stoll(scenario_.Value("SELECT count(*) FROM paliad_ledger.entry"));
  for (std::int64_t seq = 0; seq < size; ++seq) {
    const Json proof = GetJson(fmt::format("/api/v1/targets/production/proofs/{}", seq));
    EXPECT_EQ(proof["size"], seq < 9 ? 9 : size);
    EXPECT_EQ(proof["checkpoint"].is_null(), seq >= 9);
    ledger::Proof path;
    for (const Json& hash : proof["path"]) {
      path.push_back(*ledger::ParseHash(hash.get<std::string>()));
    }
    EXPECT_TRUE(ledger::VerifyInclusion(static_cast<std::uint64_t>(seq), proof["size"].get<std::uint64_t>(),
                                        *ledger::ParseHexHash(proof["leaf_hash"].get<std::string>()), path,
                                        *ledger::ParseHash(proof["root"].get<std::string>())))
        << seq;
    if (seq < 9) {
      const auto parsed = ledger::ParseTlogProof(proof["tlog_proof"].get<std::string>());
      ASSERT_TRUE(parsed);
      EXPECT_EQ(parsed->path, path);
      EXPECT_EQ(parsed->checkpoint, note);
    }
  }
}

TEST_F(Api, WhatDoesNotVerifyIsNoProof) {
  MakeHistory();
  const std::string root(43, 'A');
  scenario_.Exec("SELECT paliad_ledger.put_checkpoint(9, '', E'example.com/log\\n9\\n" + root + "=\\n')");
  Start();
  const HttpReply reply = Get("/api/v1/targets/production/proofs/3", auditor_token_);
  EXPECT_EQ(reply.status, 500);
  EXPECT_THAT(reply.body, HasSubstr("\"kind\":\"corruption\""));
  EXPECT_THAT(reply.body, HasSubstr("not the one that the database's own copy of 9 entries was made of"));
  // What no checkpoint covers is not affected.
  EXPECT_EQ(Get("/api/v1/targets/production/proofs/9", auditor_token_).status, 200);
  scenario_.Exec("SELECT paliad_ledger.put_checkpoint(9, '\\x01020304', E'o\\n9\\nnothing\\n')");
  const HttpReply unreadable = Get("/api/v1/targets/production/proofs/3", auditor_token_);
  EXPECT_EQ(unreadable.status, 500);
  EXPECT_THAT(unreadable.body, HasSubstr("cannot read the checkpoint"));
}

TEST_F(Api, AProofIsOfTheLeafAndNotOfTheColumnBesideIt) {
  MakeHistory();
  PutCheckpoint(9, "");
  const std::string hash =
      scenario_.Value("SELECT encode(leaf_hash, 'hex') FROM paliad_ledger.entry WHERE seq = 3");
  scenario_.Exec(
      "ALTER TABLE paliad_ledger.entry DISABLE TRIGGER refuse_change;"
      "UPDATE paliad_ledger.entry SET leaf_hash = sha256('x') WHERE seq = 3");
  Start();
  EXPECT_EQ(GetJson("/api/v1/targets/production/proofs/3")["leaf_hash"], hash);
  // A neighbour's path needs what is wrong.
  EXPECT_EQ(Get("/api/v1/targets/production/proofs/2", auditor_token_).status, 500);
}

TEST_F(Api, TheNewestSignedCheckpointIsPublic) {
  MakeHistory();
  Start();
  EXPECT_EQ(Get("/checkpoint/production", "").status, 404);
  scenario_.Exec(
      "SELECT paliad_ledger.put_checkpoint(9, '', E'unsigned\\n9\\n'),"
      " paliad_ledger.put_checkpoint(5, decode('01020304', 'hex'), E'signed\\n5\\n'),"
      " paliad_ledger.put_checkpoint(7, decode('01020304', 'hex'), E'signed\\n7\\n')");
  const HttpReply reply = Get("/checkpoint/production", "");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(reply.body, "signed\n7\n");
  EXPECT_EQ(Get("/checkpoint/nothing", "").status, 404);
}

TEST_F(Api, ADatabaseThatIsDownIsA503AndHarmsNoOther) {
  MakeHistory();
  Start();
  const HttpReply reply = Get("/api/v1/targets/broken/runs", auditor_token_);
  EXPECT_EQ(reply.status, 503);
  EXPECT_THAT(reply.body, HasSubstr("\"kind\":\"unavailable\""));
  EXPECT_EQ(Get("/api/v1/targets/production/runs", auditor_token_).status, 200);
  EXPECT_EQ(Get("/targets/broken", auditor_token_).status, 200);
  EXPECT_EQ(Get("/targets/broken/migrations", auditor_token_).status, 200);
  EXPECT_EQ(Get("/targets/broken/runs", auditor_token_).status, 503);
}

TEST_F(Api, ADatabaseWithoutALedgerHasNoRuns) {
  scenario_.Commit({{"001_a.up.sql", "SELECT 1;\n"}});
  Start();
  EXPECT_EQ(GetJson("/api/v1/targets/production/runs")["items"].size(), 0U);
  EXPECT_EQ(GetJson("/api/v1/targets/production/entries")["items"].size(), 0U);
  EXPECT_EQ(GetJson("/api/v1/targets/production/migrations")["items"].size(), 0U);
  for (const char* path : {"", "/runs", "/migrations", "/ledger"}) {
    EXPECT_EQ(Get(std::string("/targets/production") + path, auditor_token_).status, 200) << path;
  }
}

TEST_F(Api, NoConnectionIsHeldWhileNobodyAsks) {
  MakeHistory();
  Start();
  Get("/api/v1/targets/production/runs", auditor_token_);
  Get("/targets/production/ledger", auditor_token_);
  // The server takes a moment to forget a connection that was closed.
  const std::string left =
      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = "
      "'paliadctl serve'";
  while (scenario_.Value(left) != "0") {
    scenario_.Exec("SELECT pg_sleep(0.01)");
  }
}

}  // namespace
}  // namespace paliad::testing
