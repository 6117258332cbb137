// Everything of the ledger that reads bytes of strangers. The first byte chooses the reader. What is accepted
// has to be the one spelling of its value: written again it gives the same bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>

#include "base/json.h"
#include "ledger/canonical_scan.h"
#include "ledger/checkpoint.h"
#include "ledger/leaf.h"
#include "ledger/note.h"
#include "ledger/report.h"
#include "ledger/tlog_proof.h"
#include "ledger/trusted_keys.h"
#include "ledger/verify_bundle.h"

namespace paliad::ledger {
namespace {

// The seed is 32 times 0x01, as in ledger/testdata/example.
constexpr char kVkey[] = "db.example.com/paliad+c9da34a8+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c";
constexpr char kOrigin[] = "db.example.com/paliad";

void Require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

void ReadCanonicalJson(std::string_view text) {
  const bool accepted = !CanonicalObjection(text, [](int, std::string_view, const JsonScalar&) {});
  if (accepted) {
    const auto value = ParseJson(text);
    Require(value.has_value());
    const auto bytes = CanonicalJson(*value);
    Require(bytes.has_value() && *bytes == text);
  }
  (void)ParseLeaf(text);
}

void Read(unsigned reader, std::string_view bytes) {
  static const TrustedKeys keys = *TrustedKeys::Parse(kVkey);
  switch (reader % 6) {
    case 0:
      if (const auto note = ParseNote(bytes)) {
        Require(FormatNote(*note) == bytes);
      }
      (void)OpenCheckpoint(bytes, kOrigin, keys);
      break;
    case 1:
      if (const auto key = VerifierKey::Parse(bytes)) {
        Require(key->Format() == bytes);
      }
      (void)TrustedKeys::Parse(bytes);
      break;
    case 2:
      if (const auto proof = ParseTlogProof(bytes)) {
        Require(FormatTlogProof(*proof) == bytes);
      }
      (void)VerifyEntryProof(bytes, "{}", kOrigin, keys);
      break;
    case 3: {
      std::istringstream source{std::string(bytes)};
      const Report report = VerifyBundle(source, kOrigin, keys, {}, {});
      Require(!DumpJson(ReportJson(report)).empty() && !ReportText(report).empty());
      break;
    }
    case 4:
      ReadCanonicalJson(bytes);
      break;
    default:
      if (const auto key = Ed25519PrivateKey::FromPem(bytes)) {
        (void)key->Sign("text");
      }
  }
}

}  // namespace
}  // namespace paliad::ledger

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 0) {
    paliad::ledger::Read(data[0], {reinterpret_cast<const char*>(data + 1), size - 1});
  }
  return 0;
}
