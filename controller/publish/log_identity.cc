#include "controller/publish/log_identity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include "ledger/ed25519.h"

namespace paliad::publish {
namespace {

constexpr std::size_t kMaxKeyFile = 65'536;
constexpr std::string_view kEndOfBlock = "-----END PRIVATE KEY-----";

Error BadKey(const std::string& file, std::string cause) {
  return {.kind = ErrorKind::kInvalidInput,
          .doing = "read the signing key",
          .subject = file,
          .cause = std::move(cause),
          .hint = "`paliadctl keygen --name ORIGIN --out FILE` makes one"};
}

Result<std::vector<ledger::Ed25519PrivateKey>> ReadKeys(const std::string& file) {
  std::ifstream source(file, std::ios::binary);
  if (!source) {
    return Fail(BadKey(file, std::strerror(errno)));
  }
  std::string text(kMaxKeyFile, '\0');
  source.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(source.gcount()));
  std::vector<ledger::Ed25519PrivateKey> keys;
  for (std::string_view rest = text; rest.find_first_not_of(" \r\n\t") != rest.npos || keys.empty();) {
    const std::size_t end = rest.find(kEndOfBlock);
    const std::size_t length = end == rest.npos ? rest.size() : end + kEndOfBlock.size();
    Result<ledger::Ed25519PrivateKey> key =
        ledger::Ed25519PrivateKey::FromPem(std::string(rest.substr(0, length)) + "\n");
    if (!key) {
      return Fail(BadKey(file, key.error().cause));
    }
    keys.push_back(*std::move(key));
    rest.remove_prefix(length);
  }
  return keys;
}

Status RequireTrusted(const LogIdentity& identity) {
  const auto& keys = identity.trusted.keys();
  for (const ledger::NoteSigner& signer : identity.signers) {
    if (std::none_of(keys.begin(), keys.end(),
                     [&](const ledger::TrustedKey& key) { return key.key == signer.verifier; })) {
      return Fail({.kind = ErrorKind::kInvalidInput,
                   .doing = "sign checkpoints with",
                   .subject = signer.verifier.Label(),
                   .cause = "it is none of the verifier keys that are trusted, so nobody would believe them",
                   .hint = fmt::format("add '{}' to the verifier keys", signer.verifier.Format())});
    }
  }
  return {};
}

}  // namespace

ledger::TrustedKeys LogIdentity::TrustedFor(const std::string& other_origin) const {
  ledger::TrustedKeys keys = trusted;
  if (trusts_own_keys && other_origin != origin && ledger::IsKeyName(other_origin)) {
    for (const ledger::NoteSigner& signer : signers) {
      keys.Add(ledger::TrustedKey{.key = ledger::VerifierKey(other_origin, signer.key.public_key())});
    }
  }
  return keys;
}

std::optional<ledger::MacSecret> LogIdentity::AppendSecret() const {
  return signers.empty() ? std::nullopt : std::optional(ledger::DeriveMacSecret(signers.front().key, origin));
}

Result<LogIdentity> ReadLogIdentity(const LedgerSettings& settings, const std::string& origin) {
  LogIdentity identity{.origin = origin};
  if (!ledger::IsKeyName(identity.origin)) {
    return Fail({.kind = ErrorKind::kInvalidInput,
                 .doing = "use the ledger's origin",
                 .subject = fmt::format("'{}'", identity.origin),
                 .cause = "it is empty, or has a space, a '+' or a control character",
                 .hint = "write for example db.example.com/app"});
  }
  if (!settings.signing_key_file.empty()) {
    ASSIGN_OR_RETURN(std::vector<ledger::Ed25519PrivateKey> keys, ReadKeys(settings.signing_key_file));
    for (ledger::Ed25519PrivateKey& key : keys) {
      identity.signers.emplace_back(identity.origin, std::move(key));
    }
  }
  for (const std::string& line : settings.verifier_keys) {
    RETURN_IF_ERROR(identity.trusted.Add(line));
  }
  if (identity.trusted.empty()) {
    identity.trusts_own_keys = true;
    for (const ledger::NoteSigner& signer : identity.signers) {
      identity.trusted.Add(ledger::TrustedKey{.key = signer.verifier});
    }
  }
  RETURN_IF_ERROR(RequireTrusted(identity));
  return identity;
}

}  // namespace paliad::publish
