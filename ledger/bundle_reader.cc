#include <fmt/format.h>

#include <optional>
#include <utility>

#include "ledger/body.h"
#include "ledger/bundle.h"
#include "ledger/bundle_format.h"
#include "ledger/encoding.h"
#include "ledger/entry.h"
#include "ledger/note.h"

namespace paliad::ledger {
namespace {

constexpr std::size_t kMaxHeaderLine = 80;    // "range" and three numbers of at most 19 digits
constexpr std::size_t kMaxProofHashes = 128;  // two for each level that a tree can have
constexpr std::size_t kMaxBodyLine =
    kBodyWord.size() + 64 + 1 + 2 * kSaltBytes + 1 + (kMaxBodyBytes + 2) / 3 * 4;

tl::unexpected<Problem> Malformed(std::string why) {
  return Found(ProblemKind::kMalformed, "not a bundle: " + std::move(why));
}

// "3 7 12"
std::optional<BundleHeader> ParseRange(std::string_view numbers) {
  const std::size_t one = numbers.find(' ');
  const std::size_t two = one == numbers.npos ? one : numbers.find(' ', one + 1);
  if (two == numbers.npos) {
    return std::nullopt;
  }
  const auto first = ParseDecimal(numbers.substr(0, one));
  const auto end = ParseDecimal(numbers.substr(one + 1, two - one - 1));
  const auto size = ParseDecimal(numbers.substr(two + 1));
  if (!first || !end || !size) {
    return std::nullopt;
  }
  BundleHeader header;
  header.first = *first;
  header.end = *end;
  header.size = *size;
  return header;
}

std::optional<BundleReader::Body> ParseBody(std::string_view line) {
  line.remove_prefix(kBodyWord.size());
  const std::size_t one = line.find(' ');
  const std::size_t two = one == line.npos ? one : line.find(' ', one + 1);
  if (two == line.npos) {
    return std::nullopt;
  }
  const auto digest = ParseHexHash(line.substr(0, one));
  auto salt = HexDecode(line.substr(one + 1, two - one - 1));
  auto body = Base64Decode(line.substr(two + 1));
  if (!digest || !salt || salt->size() != kSaltBytes || !body) {
    return std::nullopt;
  }
  return BundleReader::Body{.digest = *digest, .salt = *std::move(salt), .body = *std::move(body)};
}

}  // namespace

Verified<Proof> BundleReader::ReadHashes(std::string& line) {
  Proof hashes;
  while (const auto next = lines_.Line(kMaxHeaderLine)) {
    const auto hash = ParseHash(*next);
    if (!hash) {
      line = *next;
      return hashes;
    }
    if (hashes.size() == kMaxProofHashes) {
      return Malformed("a proof has too many hashes");
    }
    hashes.push_back(*hash);
  }
  return Malformed("it ends, or has an overlong line, before its entries");
}

Verified<std::string> BundleReader::ReadNote(std::string_view bytes) {
  const auto count = ParseDecimal(bytes);
  if (!count || *count > kMaxNoteBytes) {
    return Malformed("the length of a checkpoint is no number, or too large");
  }
  auto note = lines_.Bytes(static_cast<std::size_t>(*count));
  if (!note) {
    return Malformed("it ends within a checkpoint");
  }
  return *std::move(note);
}

Verified<BundleHeader> BundleReader::ReadHeader() {
  if (lines_.Line(kMaxHeaderLine) != kBundleMagic) {
    return Malformed(fmt::format("its first line is not {}", kBundleMagic));
  }
  const auto range = lines_.Line(kMaxHeaderLine);
  auto header =
      range && range->starts_with(kRangeWord) ? ParseRange(range->substr(kRangeWord.size())) : std::nullopt;
  if (!header) {
    return Malformed("its second line is not 'range' and three numbers");
  }
  std::string line;
  Verified<Proof> complement = ReadHashes(line);
  if (!complement) {
    return tl::unexpected<Problem>(complement.error());
  }
  header->complement = *std::move(complement);
  if (!line.starts_with(kCheckpointWord)) {
    return Malformed("no checkpoint stands behind the range's hashes");
  }
  Verified<std::string> note = ReadNote(std::string_view(line).substr(kCheckpointWord.size()));
  if (!note) {
    return tl::unexpected<Problem>(note.error());
  }
  header->checkpoint = *std::move(note);
  const auto next = lines_.Line(kMaxHeaderLine);
  line = next.value_or(std::string_view());
  while (line.starts_with(kEarlierWord) && header->earlier.size() < kMaxEarlier) {
    EarlierCheckpoint earlier;
    note = ReadNote(std::string_view(line).substr(kEarlierWord.size()));
    if (!note) {
      return tl::unexpected<Problem>(note.error());
    }
    earlier.note = *std::move(note);
    Verified<Proof> consistency = ReadHashes(line);
    if (!consistency) {
      return tl::unexpected<Problem>(consistency.error());
    }
    earlier.consistency = *std::move(consistency);
    header->earlier.push_back(std::move(earlier));
  }
  if (line != kEntriesLine) {
    return Malformed("no line 'entries' stands behind the checkpoints");
  }
  return *std::move(header);
}

Verified<BundleReader::Item> BundleReader::Next() {
  const auto line = lines_.Line(kMaxBodyLine);
  if (!line) {
    return Malformed("it ends, or has an overlong line, before its line 'end'");
  }
  if (line->starts_with('{')) {
    if (line->size() > kMaxLeafBytes) {
      return Malformed("an entry is too long");
    }
    return Item(*line);
  }
  if (line->starts_with(kBodyWord)) {
    auto body = ParseBody(*line);
    if (!body) {
      return Malformed("a body is not digest, salt and base64");
    }
    return Item(*std::move(body));
  }
  if (*line != kEndLine) {
    return Malformed("a line among the entries is neither an entry nor a body");
  }
  if (!lines_.AtEnd()) {
    return Malformed("something stands behind its end");
  }
  return Item(End());
}

}  // namespace paliad::ledger
