#include "controller/reconcile/signing_key.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string_view>

#include "controller/postgres/address.h"

namespace paliad {
namespace {

// Far more than a key has.
constexpr std::string_view kEndOfKey = "-----END PRIVATE KEY-----";
constexpr std::size_t kMaxPemBytes = 16'384;

Result<std::string> ReadPem(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxPemBytes, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (file.bad() || !file.eof()) {
    return Fail({.kind = ErrorKind::kInvalidInput,
                 .doing = "read the signing key",
                 .subject = path,
                 .cause = text.size() == kMaxPemBytes ? "it is too large for a key" : std::strerror(errno),
                 .hint = "`paliadctl keygen --name ORIGIN --out FILE` makes one"});
  }
  return text;
}

}  // namespace

Result<std::string> OriginOf(const Target& target) {
  if (!target.ledger.origin.empty()) {
    return target.ledger.origin;
  }
  ASSIGN_OR_RETURN(const pg::Address address, pg::AddressOf(target.database_url));
  return fmt::format("{}/{}/{}", address.host, address.database, target.name);
}

Result<std::optional<ledger::Ed25519PrivateKey>> ReadSigningKey(const Target& target) {
  const std::string& path = target.ledger.signing_key_file;
  if (path.empty()) {
    return std::nullopt;
  }
  ASSIGN_OR_RETURN(const std::string pem, ReadPem(path));
  // Further keys in the file sign checkpoints too; the first is the log's.
  const std::size_t end = pem.find(kEndOfKey);
  auto key = ledger::Ed25519PrivateKey::FromPem(
      end == pem.npos ? pem : pem.substr(0, end + kEndOfKey.size()) + "\n");
  if (!key) {
    Error error = key.error();
    error.subject = path;
    return Fail(std::move(error));
  }
  return std::optional(*std::move(key));
}

Result<std::optional<ledger::MacSecret>> ReadMacSecret(const Target& target) {
  ASSIGN_OR_RETURN(const auto key, ReadSigningKey(target));
  if (!key) {
    return std::nullopt;
  }
  ASSIGN_OR_RETURN(const std::string origin, OriginOf(target));
  return std::optional(ledger::DeriveMacSecret(*key, origin));
}

}  // namespace paliad
