// Ed25519 (RFC 8032) by OpenSSL: keys, signatures, and private keys as PEM (PKCS#8, RFC 8410).
// Values; safe to share between threads.
#ifndef PALIAD_LEDGER_ED25519_H_
#define PALIAD_LEDGER_ED25519_H_

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

typedef struct evp_pkey_st EVP_PKEY;

namespace paliad::ledger {

using Ed25519PublicKey = std::array<unsigned char, 32>;
using Ed25519Seed = std::array<unsigned char, 32>;

inline constexpr std::size_t kEd25519SignatureBytes = 64;

// False for anything but a signature of `text` by this key; never an error.
bool Ed25519Verifies(const Ed25519PublicKey& key, std::string_view text, std::string_view signature);

class Ed25519PrivateKey {
 public:
  // From the operating system's generator.
  static Ed25519PrivateKey Generate();

  static Ed25519PrivateKey FromSeed(const Ed25519Seed& seed);

  // kInvalidInput for anything but one unencrypted Ed25519 key. Never asks for a passphrase.
  [[nodiscard]] static Result<Ed25519PrivateKey> FromPem(std::string_view pem);

  // "-----BEGIN PRIVATE KEY-----…": what `openssl pkey` reads. A secret.
  std::string ToPem() const;

  const Ed25519PublicKey& public_key() const { return public_key_; }
  Ed25519Seed seed() const;  // a secret

  // 64 bytes; the same text always has the same signature.
  std::string Sign(std::string_view text) const;

 private:
  explicit Ed25519PrivateKey(std::shared_ptr<EVP_PKEY> key);

  std::shared_ptr<EVP_PKEY> key_;
  Ed25519PublicKey public_key_{};
};

}  // namespace paliad::ledger

#endif  // PALIAD_LEDGER_ED25519_H_
