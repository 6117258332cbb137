#include "ledger/body.h"

#include <openssl/rand.h>

#include <cassert>
#include <new>
#include <utility>

#include "base/text.h"

namespace paliad::ledger {

std::string NewSalt() {
  std::string salt(kSaltBytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(salt.data()), static_cast<int>(salt.size())) != 1) {
    throw std::bad_alloc();  // the operating system's generator failed: nothing can go on
  }
  return salt;
}

Sha256Digest BodyDigest(std::string_view salt, std::string_view body) {
  assert(salt.size() == kSaltBytes);
  return Sha256(salt, body);
}

SaltedBody SaltBody(std::string text) {
  SaltedBody body{.salt = NewSalt(), .text = std::move(text), .digest = ""};
  body.digest = HexEncode(AsBytes(BodyDigest(body.salt, body.text)));
  return body;
}

}  // namespace paliad::ledger
