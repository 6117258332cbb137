#include "ledger/append_mac.h"

#include <fmt/format.h>

#include <algorithm>

namespace paliad::ledger {
namespace {

constexpr std::string_view kLabel = "paliad-ledger append v1\n";

std::string_view View(const std::array<unsigned char, 64>& pad) {
  return {reinterpret_cast<const char*>(pad.data()), pad.size()};
}

// RFC 2104. REQUIRES: a key of at most 64 bytes, which both of ours are.
Sha256Digest Hmac(const Sha256Digest& key, std::string_view message) {
  const MacPads pads = PadsOf(key);
  return Sha256(View(pads.outer), AsBytes(Sha256(View(pads.inner), message)));
}

}  // namespace

MacPads PadsOf(const MacSecret& secret) {
  MacPads pads;
  pads.inner.fill(0x36);
  pads.outer.fill(0x5C);
  for (std::size_t i = 0; i < secret.size(); ++i) {
    pads.inner[i] ^= secret[i];
    pads.outer[i] ^= secret[i];
  }
  return pads;
}

MacSecret DeriveMacSecret(const Ed25519PrivateKey& key, std::string_view origin) {
  return Hmac(key.seed(), std::string(kLabel).append(origin));
}

Sha256Digest AppendMac(const MacSecret& secret, std::string_view run_id, std::int64_t ordinal,
                       const Sha256Digest& leaf_hash) {
  return Hmac(secret, fmt::format("{}:{}:", run_id, ordinal).append(AsBytes(leaf_hash)));
}

}  // namespace paliad::ledger
