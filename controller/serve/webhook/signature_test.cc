#include "controller/serve/webhook/signature.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <string>

#include "base/json.h"
#include "tests/support/temp_dir.h"

namespace paliad::serve {
namespace {

using testing::ReadFile;

const std::string kFixtures = "tests/testdata/webhooks/";

struct Delivery {
  ForgeKind kind = ForgeKind::kGitea;
  std::string secret;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  WallTime at{std::chrono::seconds(1'674'087'231)};

  bool Authentic(const std::vector<std::string>& secrets) const {
    return IsAuthentic(
        kind,
        [this](std::string_view name) -> std::optional<std::string_view> {
          const auto header = headers.find(std::string(name));
          return header == headers.end() ? std::nullopt : std::optional<std::string_view>(header->second);
        },
        body, secrets, at);
  }
  bool Authentic() const { return Authentic({secret}); }
};

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return std::tolower(c); });
  return text;
}

ForgeKind KindOf(const std::string& forge) {
  return forge == "github" ? ForgeKind::kGithub : forge == "gitlab" ? ForgeKind::kGitlab : ForgeKind::kGitea;
}

// Every vector of signatures.json, but for the SHA-1 one.
std::vector<Delivery> KnownAnswers() {
  std::vector<Delivery> deliveries;
  const Json vectors = ParseJson(ReadFile(kFixtures + "signatures.json")).value();
  for (const Json& vector : vectors) {
    Delivery delivery{.kind = KindOf(vector["forge"]), .secret = vector["secret"]};
    delivery.body = vector.contains("file") ? ReadFile(kFixtures + vector["file"].get<std::string>())
                                            : vector.value("body", "anything");
    if (vector.contains("header")) {
      delivery.headers[Lower(vector["header"])] = vector["value"];
    } else {
      for (const auto& [name, value] : vector["headers"].items()) {
        delivery.headers[name] = value;
      }
    }
    if (delivery.headers.count("x-hub-signature") == 0) {
      deliveries.push_back(std::move(delivery));
    }
  }
  return deliveries;
}

Delivery Standard() {
  for (Delivery& delivery : KnownAnswers()) {
    if (delivery.headers.count("webhook-signature") != 0) {
      return delivery;
    }
  }
  throw std::runtime_error("no Standard Webhooks vector");
}

TEST(Signature, EveryKnownAnswerIsAuthentic) {
  const std::vector<Delivery> deliveries = KnownAnswers();
  EXPECT_EQ(deliveries.size(), 23U);
  for (const Delivery& delivery : deliveries) {
    EXPECT_TRUE(delivery.Authentic()) << delivery.body.substr(0, 80);
    EXPECT_FALSE(delivery.Authentic({delivery.secret + "x"})) << delivery.body.substr(0, 80);
  }
}

TEST(Signature, AnySingleBitOfBodyOrSignatureCounts) {
  for (Delivery delivery : KnownAnswers()) {
    if (delivery.headers.count("x-gitlab-token") == 0) {
      // All bits of small bodies, every 211th of the others.
      const std::size_t step = delivery.body.size() > 4'000 ? 211 : 1;
      for (std::size_t bit = 0; bit < delivery.body.size() * 8; bit += step) {
        delivery.body[bit / 8] = static_cast<char>(delivery.body[bit / 8] ^ (1 << bit % 8));
        ASSERT_FALSE(delivery.Authentic()) << "bit " << bit << " of the body";
        delivery.body[bit / 8] = static_cast<char>(delivery.body[bit / 8] ^ (1 << bit % 8));
      }
    }
    for (auto& [name, value] : delivery.headers) {
      for (std::size_t bit = 0; bit < value.size() * 8; ++bit) {
        value[bit / 8] = static_cast<char>(value[bit / 8] ^ (1 << bit % 8));
        ASSERT_FALSE(delivery.Authentic()) << "bit " << bit << " of " << name;
        value[bit / 8] = static_cast<char>(value[bit / 8] ^ (1 << bit % 8));
      }
    }
    ASSERT_TRUE(delivery.Authentic());
  }
}

TEST(Signature, AMissingOrEmptyOneFails) {
  for (const Delivery& delivery : KnownAnswers()) {
    for (const auto& [name, value] : delivery.headers) {
      Delivery broken = delivery;
      broken.headers[name] = "";
      EXPECT_FALSE(broken.Authentic()) << name;
      broken.headers.erase(name);
      EXPECT_FALSE(broken.Authentic()) << name;
    }
  }
}

TEST(Signature, AnEmptySecretIsGoodForNothing) {
  // HMAC with an empty key is computable by everybody.
  Delivery delivery{.kind = ForgeKind::kGitea, .body = "x"};
  delivery.headers["x-gitea-signature"] = "4cbc96099a6467ce002461f10549b4898265ebe6188b45efacc44293516e62c4";
  EXPECT_FALSE(delivery.Authentic({""}));
  EXPECT_FALSE(delivery.Authentic({}));
  Delivery token{.kind = ForgeKind::kGitlab, .headers = {{"x-gitlab-token", ""}}};
  EXPECT_FALSE(token.Authentic({""}));
}

TEST(Signature, SeveralSecretsAreGoodWhileOneIsRotated) {
  for (const Delivery& delivery : KnownAnswers()) {
    EXPECT_TRUE(delivery.Authentic({"new", delivery.secret}));
    EXPECT_TRUE(delivery.Authentic({delivery.secret, "", "new"}));
    EXPECT_FALSE(delivery.Authentic({"new", ""}));
  }
}

TEST(Signature, Sha1IsNeverLookedAt) {
  Delivery delivery{
      .kind = ForgeKind::kGithub, .secret = "It's a Secret to Everybody", .body = "Hello, World!"};
  delivery.headers["x-hub-signature"] = "sha1=01dc10d0c83e72ed246219cdd91669667fe2ca59";
  EXPECT_FALSE(delivery.Authentic());
  delivery.headers["x-hub-signature-256"] = "sha1=01dc10d0c83e72ed246219cdd91669667fe2ca59";
  EXPECT_FALSE(delivery.Authentic());
}

TEST(Signature, TheTargetsKindDecidesAndNotTheSendersHeaders) {
  const std::string hmac = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
  const std::string secret = "It's a Secret to Everybody";
  struct Case {
    ForgeKind kind;
    std::string header;
    std::string value;
    bool authentic;
  };
  const std::vector<Case> cases = {
      {ForgeKind::kGitea, "x-gitea-signature", hmac, true},
      {ForgeKind::kGitea, "x-hub-signature-256", "sha256=" + hmac, false},
      {ForgeKind::kGitea, "x-gitlab-token", secret, false},
      {ForgeKind::kGitea, "x-gitea-signature", "sha256=" + hmac, false},
      {ForgeKind::kForgejo, "x-forgejo-signature", hmac, true},
      {ForgeKind::kForgejo, "x-gitea-signature", hmac, true},
      {ForgeKind::kForgejo, "x-hub-signature-256", "sha256=" + hmac, false},
      {ForgeKind::kGithub, "x-hub-signature-256", "sha256=" + hmac, true},
      {ForgeKind::kGithub, "x-hub-signature-256", hmac, false},
      {ForgeKind::kGithub, "x-gitea-signature", hmac, false},
      {ForgeKind::kGithub, "x-gitlab-token", secret, false},
      {ForgeKind::kGitlab, "x-gitlab-token", secret, true},
      {ForgeKind::kGitlab, "x-gitea-signature", hmac, false},
      {ForgeKind::kGitlab, "x-hub-signature-256", "sha256=" + hmac, false},
  };
  for (const Case& one : cases) {
    const Delivery delivery{
        .kind = one.kind, .secret = secret, .headers = {{one.header, one.value}}, .body = "Hello, World!"};
    EXPECT_EQ(delivery.Authentic(), one.authentic) << static_cast<int>(one.kind) << " " << one.header;
  }
}

TEST(StandardWebhooks, FiveMinutesAreTolerated) {
  const Delivery sent = Standard();
  for (const auto& [offset, authentic] : std::map<int, bool>{
           {-301, false}, {-300, true}, {0, true}, {300, true}, {301, false}, {100'000, false}}) {
    Delivery delivery = sent;
    delivery.at += std::chrono::seconds(offset);
    EXPECT_EQ(delivery.Authentic(), authentic) << offset;
  }
}

TEST(StandardWebhooks, ASigningSecretNeverAcceptsTheTokenHeader) {
  Delivery delivery = Standard();
  delivery.headers = {{"x-gitlab-token", delivery.secret}};
  EXPECT_FALSE(delivery.Authentic());
}

TEST(StandardWebhooks, OneOfSeveralSignaturesIsEnough) {
  Delivery delivery = Standard();
  std::string& signature = delivery.headers["webhook-signature"];
  signature = "v1,AAAA v1a,BBBB " + signature;
  EXPECT_TRUE(delivery.Authentic());
  signature = "v1,AAAA v1a,BBBB";
  EXPECT_FALSE(delivery.Authentic());
}

TEST(StandardWebhooks, ASecretThatIsNotBase64IsGoodForNothing) {
  Delivery delivery = Standard();
  EXPECT_FALSE(delivery.Authentic({"whsec_"}));
  EXPECT_FALSE(delivery.Authentic({"whsec_!!!!"}));
}

}  // namespace
}  // namespace paliad::serve
