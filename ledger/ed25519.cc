#include "ledger/ed25519.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <new>
#include <utility>

namespace paliad::ledger {
namespace {

template <auto kFree>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using UniqueBio = std::unique_ptr<BIO, Deleter<&BIO_free_all>>;
using UniqueContext = std::unique_ptr<EVP_MD_CTX, Deleter<&EVP_MD_CTX_free>>;
using UniqueKey = std::unique_ptr<EVP_PKEY, Deleter<&EVP_PKEY_free>>;

const unsigned char* Unsigned(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

// OpenSSL fails here for want of memory or of the system's generator, and in no other way.
void Require(bool ok) {
  if (!ok) {
    ERR_clear_error();
    throw std::bad_alloc();
  }
}

// Without this OpenSSL asks the terminal.
int NoPassphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*context*/) { return -1; }

}  // namespace

bool Ed25519Verifies(const Ed25519PublicKey& key, std::string_view text, std::string_view signature) {
  const UniqueKey handle(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()));
  const UniqueContext context(EVP_MD_CTX_new());
  const bool holds = signature.size() == kEd25519SignatureBytes && handle != nullptr && context != nullptr &&
                     EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, handle.get()) == 1 &&
                     EVP_DigestVerify(context.get(), Unsigned(signature), signature.size(), Unsigned(text),
                                      text.size()) == 1;
  ERR_clear_error();
  return holds;
}

Ed25519PrivateKey::Ed25519PrivateKey(std::shared_ptr<EVP_PKEY> key) : key_(std::move(key)) {
  std::size_t size = public_key_.size();
  Require(EVP_PKEY_get_raw_public_key(key_.get(), public_key_.data(), &size) == 1 &&
          size == public_key_.size());
}

Ed25519PrivateKey Ed25519PrivateKey::Generate() {
  UniqueKey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  Require(key != nullptr);
  return Ed25519PrivateKey(std::move(key));
}

Ed25519PrivateKey Ed25519PrivateKey::FromSeed(const Ed25519Seed& seed) {
  UniqueKey key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
  Require(key != nullptr);
  return Ed25519PrivateKey(std::move(key));
}

Result<Ed25519PrivateKey> Ed25519PrivateKey::FromPem(std::string_view pem) {
  const UniqueBio source(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Require(source != nullptr);
  UniqueKey key(PEM_read_bio_PrivateKey(source.get(), nullptr, &NoPassphrase, nullptr));
  ERR_clear_error();
  if (key == nullptr || EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519) {
    return Fail({.kind = ErrorKind::kInvalidInput,
                 .doing = "read the signing key",
                 .subject = "",
                 .cause = key == nullptr ? "it is not an unencrypted private key in PEM (PKCS#8)"
                                         : "it is a key of another algorithm than Ed25519",
                 .hint = "make one with `paliadctl keygen --name ORIGIN --out FILE`"});
  }
  return Ed25519PrivateKey(std::move(key));
}

std::string Ed25519PrivateKey::ToPem() const {
  const UniqueBio target(BIO_new(BIO_s_secmem()));
  Require(target != nullptr && PEM_write_bio_PKCS8PrivateKey(target.get(), key_.get(), nullptr, nullptr, 0,
                                                             nullptr, nullptr) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(target.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

Ed25519Seed Ed25519PrivateKey::seed() const {
  Ed25519Seed seed;
  std::size_t size = seed.size();
  Require(EVP_PKEY_get_raw_private_key(key_.get(), seed.data(), &size) == 1 && size == seed.size());
  return seed;
}

std::string Ed25519PrivateKey::Sign(std::string_view text) const {
  const UniqueContext context(EVP_MD_CTX_new());
  std::string signature(kEd25519SignatureBytes, '\0');
  std::size_t size = signature.size();
  Require(context != nullptr &&
          EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
          EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                         Unsigned(text), text.size()) == 1 &&
          size == kEd25519SignatureBytes);
  return signature;
}

}  // namespace paliad::ledger
