#include "controller/serve/webhook/signature.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "base/sha256.h"
#include "base/text.h"
#include "ledger/encoding.h"

namespace paliad::serve {
namespace {

constexpr std::string_view kStandardPrefix = "whsec_";

std::string HmacSha256(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  return {reinterpret_cast<const char*>(digest.data()), size};
}

// The time depends on the lengths only, of which an attacker knows the one and may know the other.
bool Same(std::string_view given, std::string_view expected) {
  return given.size() == expected.size() &&
         CRYPTO_memcmp(given.data(), expected.data(), expected.size()) == 0;
}

// A secret's length is nobody's business: digests are of one length.
bool SameSecret(std::string_view given, std::string_view expected) {
  return Same(AsBytes(Sha256(given)), AsBytes(Sha256(expected)));
}

bool HasStandardSignature(const HeaderLookup& header, std::string_view body, std::string_view secret,
                          WallTime now) {
  const auto key = ledger::Base64Decode(secret.substr(kStandardPrefix.size()));
  const auto id = header("webhook-id");
  const auto timestamp = header("webhook-timestamp");
  auto signatures = header("webhook-signature");
  const auto seconds = timestamp ? ledger::ParseDecimal(*timestamp) : std::nullopt;
  if (!key || key->empty() || !id || id->empty() || !seconds || !signatures) {
    return false;
  }
  const auto sent = static_cast<std::int64_t>(*seconds);
  const auto received = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  const auto tolerance = std::chrono::seconds(kSignatureTolerance).count();
  if (sent < received - tolerance || sent > received + tolerance) {
    return false;
  }
  std::string content = std::string(*id) + "." + std::string(*timestamp) + ".";
  content += body;
  const std::string expected = "v1," + Base64Encode(HmacSha256(*key, content));
  bool good = false;
  while (!signatures->empty()) {  // several, with a space between, while the forge rotates its key
    const auto end = signatures->find(' ');
    good |= Same(signatures->substr(0, end), expected);
    signatures = end == std::string_view::npos ? std::string_view() : signatures->substr(end + 1);
  }
  return good;
}

bool IsSignedWith(const std::string& secret, ForgeKind kind, const HeaderLookup& header,
                  std::string_view body, WallTime now) {
  switch (kind) {
    case ForgeKind::kGithub:
      return Same(header("x-hub-signature-256").value_or(""),
                  "sha256=" + HexEncode(HmacSha256(secret, body)));
    case ForgeKind::kForgejo:
      if (const auto signature = header("x-forgejo-signature")) {
        return Same(*signature, HexEncode(HmacSha256(secret, body)));
      }
      [[fallthrough]];
    case ForgeKind::kGitea:
      return Same(header("x-gitea-signature").value_or(""), HexEncode(HmacSha256(secret, body)));
    case ForgeKind::kGitlab:
      // Never both: whoever may see a token must not be able to do without the signature.
      return secret.substr(0, kStandardPrefix.size()) == kStandardPrefix
                 ? HasStandardSignature(header, body, secret, now)
                 : SameSecret(header("x-gitlab-token").value_or(""), secret);
  }
  return false;
}

}  // namespace

bool IsAuthentic(ForgeKind kind, const HeaderLookup& header, std::string_view body,
                 const std::vector<std::string>& secrets, WallTime now) {
  bool good = false;
  for (const std::string& secret : secrets) {
    good |= !secret.empty() && IsSignedWith(secret, kind, header, body, now);
  }
  return good;
}

}  // namespace paliad::serve
