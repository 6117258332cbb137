// What is not the API: health, metrics, webhooks, headers, sign-in, and what goes into the log.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>
#include <thread>

#include "controller/serve/access/tokens.h"
#include "tests/site/site_fixture.h"
#include "tests/support/process.h"
#include "tests/support/webhook.h"

namespace paliad::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kPush[] = R"({"ref":"refs/heads/main"})";

class SiteHttp : public SiteTest {
 protected:
  HttpReply Hook(const std::string& body, const std::string& delivery) const {
    return Send("POST", "/hooks/production", "", GiteaPushHeaders(kHookSecret, body, delivery), body);
  }

  // The cookie of a sign-in, as a header line.
  std::string SignIn(const std::string& token) const {
    const HttpReply reply = Send("POST", "/login", "", "", "next=%2F&token=" + token);
    EXPECT_EQ(reply.status, 303);
    const std::string cookie = reply.headers.at("set-cookie");
    return "Cookie: " + cookie.substr(0, cookie.find(';')) + "\r\n";
  }
};

TEST_F(SiteHttp, HealthIsOfTheProcessAlone) {
  Start();
  EXPECT_EQ(Get("/healthz", "").body, "ok\n");
  EXPECT_EQ(Send("HEAD", "/healthz", "").status, 200);
}

TEST_F(SiteHttp, ReadinessSaysWhatIsNot) {
  Start();
  const HttpReply not_ready = Get("/readyz", "");
  EXPECT_EQ(not_ready.status, 503);
  const Json json = ParseJson(not_ready.body).value();
  EXPECT_EQ(json["ready"], false);
  EXPECT_EQ(json["targets"][0]["database"]["ok"], true);
  EXPECT_EQ(json["targets"][1]["target"], "broken");
  EXPECT_EQ(json["targets"][1]["database"]["ok"], false);
  EXPECT_EQ(json["targets"][1]["database"]["error"], "connection refused");
  control_->Change("broken", [this](serve::TargetSnapshot& snapshot) {
    snapshot.database = {.last_success = clock_.Now(), .error = ""};
  });
  EXPECT_EQ(Get("/readyz", "").status, 200);
}

TEST_F(SiteHttp, MetricsCountWebhooksAndShowStates) {
  Start();
  Hook(kPush, "1");
  const HttpReply reply = Get("/metrics", "");
  EXPECT_THAT(reply.headers.at("content-type"), HasSubstr("version=0.0.4"));
  EXPECT_THAT(reply.body, HasSubstr("paliad_webhooks_total{result=\"accepted\",target=\"production\"} 1"));
  EXPECT_THAT(reply.body, HasSubstr("paliad_target_state{state=\"retrying\",target=\"broken\"} 1"));
}

TEST_F(SiteHttp, ASignedPushMakesTheLoopLook) {
  Start();
  EXPECT_EQ(Hook(kPush, "1").status, 202);
  control_->AwaitNotice("production", serve::Notice::kPush);
}

TEST_F(SiteHttp, WebhooksThatAreNotThisTargetsAreRefused) {
  Start();
  const std::string body = kPush;
  EXPECT_EQ(Send("POST", "/hooks/production", "", "X-Gitea-Event: push\r\n", body).status, 401);
  EXPECT_EQ(
      Send("POST", "/hooks/production", "", "X-Gitea-Event: push\r\nX-Gitea-Signature: \r\n", body).status,
      401);
  EXPECT_EQ(Send("POST", "/hooks/production", "",
                 "X-Gitea-Event: push\r\nX-GitHub-Event: push\r\nX-Hub-Signature-256: sha256=" +
                     HmacHex(kHookSecret, body) + "\r\n",
                 body)
                .status,
            401);
  EXPECT_EQ(Send("POST", "/hooks/broken", "", GiteaPushHeaders(kHookSecret, body, "1"), body).status, 404);
  EXPECT_EQ(Send("POST", "/hooks/nothing", "", GiteaPushHeaders(kHookSecret, body, "1"), body).status, 404);
  EXPECT_EQ(Get("/hooks/production", "").status, 405);
  EXPECT_EQ(Hook("{\"ref\":\"refs/heads/other\"}", "2").status, 200);
  EXPECT_EQ(control_->Notices("production", serve::Notice::kPush), 0);
}

TEST_F(SiteHttp, ABodyOfThreeMebibytesIsReadAndOneByteMoreIsNot) {
  Start();
  std::string body = R"({"ref":"refs/heads/main","x":")";
  body += std::string((std::size_t{3} << 20) - body.size() - 2, 'x') + "\"}";
  ASSERT_EQ(body.size(), std::size_t{3} << 20);
  EXPECT_EQ(Hook(body, "1").status, 202);
  body.insert(body.size() - 2, "x");
  const HttpReply reply = Hook(body, "2");
  EXPECT_EQ(reply.status, 413);
  EXPECT_THAT(reply.body, HasSubstr("\"kind\":\"too_large\""));
}

TEST_F(SiteHttp, TenThousandWebhooksAreAnsweredAndAreFewFetches) {
  Start();
  constexpr int kThreads = 4;
  constexpr int kEach = 2'500;
  std::vector<std::thread> senders;
  std::array<int, kThreads> accepted{};
  for (int sender = 0; sender < kThreads; ++sender) {
    senders.emplace_back([this, sender, &accepted] {
      HttpConnection connection(port());
      for (int i = 0; i < kEach; ++i) {
        connection.Send(fmt::format(
            "POST /hooks/production HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n{}\r\n{}", sizeof kPush - 1,
            GiteaPushHeaders(kHookSecret, kPush, fmt::format("{}-{}", sender, i)), kPush));
        accepted[static_cast<std::size_t>(sender)] += connection.Receive().status == 202 ? 1 : 0;
      }
    });
  }
  for (std::thread& sender : senders) {
    sender.join();
  }
  EXPECT_THAT(accepted, ElementsAre(kEach, kEach, kEach, kEach));
  control_->AwaitNotice("production", serve::Notice::kPush);
  // One, but for the times that a loaded machine stood still for longer than a burst may pause.
  EXPECT_LE(control_->Notices("production", serve::Notice::kPush), 500);
}

TEST_F(SiteHttp, EveryAnswerForbidsScriptsAndFrames) {
  Start();
  for (const char* path :
       {"/", "/login", "/healthz", "/style.css", "/api/v1/targets", "/nothing", "/hooks/x"}) {
    const HttpReply reply = Get(path, auditor_token_);
    EXPECT_THAT(reply.headers.at("content-security-policy"), HasSubstr("default-src 'none'")) << path;
    EXPECT_THAT(reply.headers.at("content-security-policy"), HasSubstr("frame-ancestors 'none'")) << path;
    EXPECT_THAT(reply.headers.at("content-security-policy"), Not(HasSubstr("unsafe"))) << path;
    EXPECT_EQ(reply.headers.at("x-content-type-options"), "nosniff") << path;
    EXPECT_EQ(reply.headers.at("x-frame-options"), "DENY") << path;
    EXPECT_EQ(reply.headers.count("cache-control"), 1U) << path;
  }
  EXPECT_EQ(Get("/targets/production", auditor_token_).headers.at("cache-control"), "no-store");
}

TEST_F(SiteHttp, ASignInIsACookieAndAFormOfAnotherSiteDoesNothing) {
  Start();
  const std::string cookie = SignIn(operator_token_);
  const HttpReply page = Send("GET", "/targets/production", "", cookie);
  ASSERT_EQ(page.status, 200);
  const std::string field = "name=\"csrf\" value=\"";
  const std::string csrf = page.body.substr(page.body.find(field) + field.size(), 64);
  const std::string suspend = "/targets/production/suspend";
  EXPECT_EQ(Send("POST", suspend, "", cookie, "reason=x").status, 403);
  EXPECT_EQ(Send("POST", suspend, "", cookie, "reason=x&csrf=" + std::string(64, '0')).status, 403);
  EXPECT_EQ(Send("POST", "/api/v1/targets/production/suspend", "",
                 cookie + "Content-Type: application/json\r\n", R"({"reason":"x"})")
                .status,
            403);
  EXPECT_EQ(Send("POST", "/logout", "", cookie, "csrf=x").status, 403);
  EXPECT_THAT(control_->requests(), ElementsAre());
  EXPECT_EQ(Send("POST", suspend, "", cookie, "reason=the+sale&csrf=" + csrf).status, 303);
  EXPECT_THAT(control_->requests(), ElementsAre("ada: suspend production: the sale"));
  EXPECT_EQ(Send("POST", suspend, "", cookie, "reason=&csrf=" + csrf).status, 400);
  // A sign-in's own token as a header is what a script of this site would send.
  EXPECT_EQ(
      Send("POST", "/api/v1/targets/production/resume", "",
           cookie + "Content-Type: application/json\r\nX-CSRF-Token: " + csrf + "\r\n", R"({"reason":"x"})")
          .status,
      202);
  EXPECT_EQ(Send("POST", "/logout", "", cookie, "csrf=" + csrf).status, 303);
  EXPECT_EQ(Send("GET", "/targets/production", "", cookie).status, 303);
}

TEST_F(SiteHttp, ASignInLeadsOnlyToThisSite) {
  Start();
  for (const auto& [next, location] :
       std::map<std::string, std::string>{{"%2Ftargets%2Fproduction%3Fa%3Db", "/targets/production?a=b"},
                                          {"%2F%2Fevil.example", "/"},
                                          {"%2F%5Cevil.example", "/"},
                                          {"https%3A%2F%2Fevil.example", "/"},
                                          {"%2Fa%0D%0ASet-Cookie%3A+x", "/"}}) {
    const HttpReply reply = Send("POST", "/login", "", "", "token=" + auditor_token_ + "&next=" + next);
    EXPECT_EQ(reply.headers.at("location"), location) << next;
  }
  EXPECT_EQ(Send("POST", "/login", "", "Origin: https://evil.example\r\n", "token=" + auditor_token_).status,
            401);
  EXPECT_EQ(Send("POST", "/login", "", "Origin: http://localhost\r\n", "token=" + auditor_token_).status,
            303);
}

TEST_F(SiteHttp, TokensAndSecretsNeverReachALog) {
  std::ostringstream log;
  const auto before = spdlog::default_logger();
  auto logger =
      std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log));
  logger->set_level(spdlog::level::trace);
  spdlog::set_default_logger(logger);
  Start();
  const std::string cookie = SignIn(operator_token_);
  Send("POST", "/login", "", "", "token=" + auditor_token_ + "x");
  Get("/api/v1/targets?token=" + auditor_token_, auditor_token_);
  Get("/login?next=" + auditor_token_, "");
  Send("GET", "/", "", cookie);
  Hook(kPush, "1");
  Send("POST", "/hooks/production", "", "X-Gitlab-Token: s3cret\r\n", "{\"secret\":\"s3cret\"}");
  site_.reset();
  spdlog::set_default_logger(before);
  EXPECT_THAT(log.str(), HasSubstr("/login"));
  for (const std::string& secret :
       {operator_token_, auditor_token_, std::string(kHookSecret), cookie.substr(23, 64)}) {
    EXPECT_THAT(log.str(), Not(HasSubstr(secret)));
  }
}

TEST_F(SiteHttp, ARevokedTokenIsOfNoUseAtOnce) {
  Start();
  const std::string cookie = SignIn(auditor_token_);
  ASSERT_TRUE(serve::RevokeToken(tokens_file(), "grace"));
  EXPECT_EQ(Get("/api/v1/targets", auditor_token_).status, 401);
  EXPECT_EQ(Send("GET", "/", "", cookie).status, 303);
}

TEST_F(SiteHttp, ANewConfigurationHoldsFromTheNextRequestOn) {
  Start();
  options_.targets[0].forge->webhook_secrets = {"another"};
  options_.targets.pop_back();
  ASSERT_TRUE(site_->Update(options_));
  EXPECT_EQ(Hook(kPush, "1").status, 401);
  EXPECT_EQ(Get("/api/v1/targets/broken", auditor_token_).status, 404);
  options_.certificate_file = "/nothing.pem";
  EXPECT_FALSE(site_->Update(options_));
}

TEST_F(SiteHttp, SpeaksTlsWhereItHasACertificate) {
  options_.certificate_file = dir_.path() + "/cert.pem";
  options_.key_file = dir_.path() + "/key.pem";
  RunOrThrow({.argv = {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                       "-nodes", "-keyout", options_.key_file, "-out", options_.certificate_file, "-subj",
                       "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"}});
  Start();
  const std::string script = R"(
import http.client, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[2])
connection = http.client.HTTPSConnection("localhost", int(sys.argv[1]), context=context, timeout=60)
for body in (b"", b"x" * 3145728, b"x" * 3145729):
    connection.request("POST", "/hooks/production", body)
    answer = connection.getresponse()
    print(answer.status, answer.headers["Strict-Transport-Security"], len(answer.read()) > 0)
    connection.close()
connection.request("GET", "/healthz")
print(connection.getresponse().read())
connection.request("GET", "/healthz")
print(connection.getresponse().read())
)";
  const std::string out = RunOrThrow(
      {.argv = {"/usr/bin/python3", "-c", script, std::to_string(port()), options_.certificate_file}});
  EXPECT_EQ(out, "401 max-age=31536000 True\n401 max-age=31536000 True\n413 None True\nb'ok\\n'\nb'ok\\n'\n");
}

TEST_F(SiteHttp, ACertificateThatIsNotOneIsExplained) {
  options_.certificate_file = dir_.Write("cert.pem", "nonsense");
  serve::FakeControl control({});
  EXPECT_FALSE(serve::StartSite(options_, control, metrics_, clock_));
  options_.key_file = dir_.Write("key.pem", "nonsense");
  const auto site = serve::StartSite(options_, control, metrics_, clock_);
  ASSERT_FALSE(site);
  EXPECT_THAT(site.error().Message(), HasSubstr("cert.pem"));
}

}  // namespace
}  // namespace paliad::testing
