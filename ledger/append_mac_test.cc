#include "ledger/append_mac.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <string>

#include "base/text.h"
#include "ledger/merkle.h"
#include "ledger/sample_log.h"

namespace paliad::ledger {
namespace {

using testing::SignerOf;

const std::string kRun = "0b3c8f3e-0000-4000-8000-000000000001";

std::string OpensslHmac(std::string_view key, const std::string& message) {
  unsigned char digest[32];
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(), digest, &size);
  return {reinterpret_cast<const char*>(digest), size};
}

TEST(AppendMac, IsTheHmacOfTheDocumentedBytes) {
  const Ed25519PrivateKey key = SignerOf(1).key;
  const MacSecret secret = DeriveMacSecret(key, "db.example.com/paliad");
  EXPECT_EQ(AsBytes(secret),
            OpensslHmac(std::string(32, '\x01'), "paliad-ledger append v1\ndb.example.com/paliad"));
  const Sha256Digest leaf_hash = LeafHash("{}");
  const Sha256Digest mac = AppendMac(secret, kRun, 12, leaf_hash);
  EXPECT_EQ(AsBytes(mac), OpensslHmac(AsBytes(secret), kRun + ":12:" + std::string(AsBytes(leaf_hash))));
}

TEST(AppendMac, TwoCallsOfSha256OverThePadsGiveTheSame) {
  // What the database does.
  const MacSecret secret = DeriveMacSecret(SignerOf(1).key, "o");
  const MacPads pads = PadsOf(secret);
  const auto view = [](const auto& pad) {
    return std::string_view(reinterpret_cast<const char*>(pad.data()), pad.size());
  };
  const Sha256Digest leaf_hash = LeafHash("{}");
  const std::string message = kRun + ":0:" + std::string(AsBytes(leaf_hash));
  EXPECT_EQ(Sha256(view(pads.outer), AsBytes(Sha256(view(pads.inner), message))),
            AppendMac(secret, kRun, 0, leaf_hash));
}

TEST(AppendMac, DependsOnKeyOriginRunOrdinalAndLeaf) {
  const auto mac = [](unsigned char key, const std::string& origin, const std::string& run, int ordinal,
                      const std::string& leaf) {
    return AppendMac(DeriveMacSecret(SignerOf(key).key, origin), run, ordinal, LeafHash(leaf));
  };
  const Sha256Digest one = mac(1, "o", kRun, 1, "{}");
  EXPECT_EQ(one, mac(1, "o", kRun, 1, "{}"));
  EXPECT_NE(one, mac(2, "o", kRun, 1, "{}"));
  EXPECT_NE(one, mac(1, "p", kRun, 1, "{}"));
  EXPECT_NE(one, mac(1, "o", testing::SampleRunId(2), 1, "{}"));
  EXPECT_NE(one, mac(1, "o", kRun, 2, "{}"));
  EXPECT_NE(one, mac(1, "o", kRun, 1, "[]"));
}

}  // namespace
}  // namespace paliad::ledger
