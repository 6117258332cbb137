#include "ledger/tlog_proof.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "ledger/encoding.h"
#include "ledger/merkle.h"

namespace paliad::ledger {
namespace {

constexpr std::string_view kMagic = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";
constexpr std::size_t kMaxPath = 64;  // as many levels as a size has bits

tl::unexpected<Problem> Malformed(std::string why) {
  return Found(ProblemKind::kMalformed, "not a proof: " + std::move(why));
}

// The text up to the next newline, which is taken off `rest`; none if there is no newline.
std::optional<std::string_view> TakeLine(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  if (end == rest.npos) {
    return std::nullopt;
  }
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

}  // namespace

std::string FormatTlogProof(const TlogProof& proof) {
  std::string text = fmt::format("{}\n", kMagic);
  if (proof.extra) {
    text += fmt::format("{}{}\n", kExtra, Base64Encode(*proof.extra));
  }
  text += fmt::format("{}{}\n", kIndex, proof.index);
  for (const Sha256Digest& hash : proof.path) {
    text += FormatHash(hash) + "\n";
  }
  return text + "\n" + proof.checkpoint;
}

Verified<TlogProof> ParseTlogProof(std::string_view bytes) {
  TlogProof proof;
  if (TakeLine(bytes) != kMagic) {
    return Malformed(fmt::format("its first line is not {}", kMagic));
  }
  std::optional<std::string_view> line = TakeLine(bytes);
  if (line && line->starts_with(kExtra)) {
    proof.extra = Base64Decode(line->substr(kExtra.size()));
    if (!proof.extra) {
      return Malformed("its extra data is not base64");
    }
    line = TakeLine(bytes);
  }
  const std::optional<std::uint64_t> index =
      line && line->starts_with(kIndex) ? ParseDecimal(line->substr(kIndex.size())) : std::nullopt;
  if (!index) {
    return Malformed("it has no index");
  }
  proof.index = *index;
  for (line = TakeLine(bytes); line && !line->empty(); line = TakeLine(bytes)) {
    const std::optional<Sha256Digest> hash = ParseHash(*line);
    if (!hash || proof.path.size() == kMaxPath) {
      return Malformed(hash ? "its path is too long" : "a hash is not base64 of 32 bytes");
    }
    proof.path.push_back(*hash);
  }
  if (!line) {
    return Malformed("it has no checkpoint");
  }
  proof.checkpoint = bytes;
  return proof;
}

Verified<OpenedCheckpoint> VerifyTlogProof(const TlogProof& proof, std::string_view leaf,
                                           std::string_view origin, const TrustedKeys& keys) {
  Verified<OpenedCheckpoint> opened = OpenCheckpoint(proof.checkpoint, origin, keys);
  if (!opened) {
    return opened;
  }
  const Verified<void> included = VerifyInclusion(proof.index, opened->checkpoint.size, LeafHash(leaf),
                                                  proof.path, opened->checkpoint.root);
  if (!included) {
    return tl::unexpected<Problem>(included.error());
  }
  return opened;
}

}  // namespace paliad::ledger
