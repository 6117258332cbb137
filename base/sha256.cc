#include "base/sha256.h"

#include <openssl/evp.h>

#include <memory>
#include <new>

#include "base/text.h"

namespace paliad {

Sha256Digest Sha256(std::string_view first, std::string_view second, std::string_view third) {
  // One context a thread: making one costs more than hashing a tree node.
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                                     &EVP_MD_CTX_free);
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  Sha256Digest digest;
  if (context == nullptr || EVP_DigestInit_ex2(context.get(), sha256, nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), first.data(), first.size()) != 1 ||
      EVP_DigestUpdate(context.get(), second.data(), second.size()) != 1 ||
      EVP_DigestUpdate(context.get(), third.data(), third.size()) != 1 ||
      EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1) {
    throw std::bad_alloc();  // the only way that OpenSSL's SHA-256 fails
  }
  return digest;
}

std::string Sha256Hex(std::string_view bytes) { return HexEncode(AsBytes(Sha256(bytes))); }

}  // namespace paliad
