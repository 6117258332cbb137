#include <fmt/format.h>

#include <cassert>
#include <utility>

#include "base/text.h"
#include "ledger/body.h"
#include "ledger/bundle.h"
#include "ledger/bundle_format.h"
#include "ledger/encoding.h"
#include "ledger/entry.h"

namespace paliad::ledger {
namespace {

Error CannotExport(std::string cause) {
  return {.kind = ErrorKind::kCorruption,
          .doing = "export the ledger",
          .subject = "",
          .cause = std::move(cause),
          .hint = "`paliadctl ledger verify` says what is wrong with it"};
}

std::string HashLines(const Proof& hashes) {
  std::string lines;
  for (const Sha256Digest& hash : hashes) {
    lines += FormatHash(hash) + "\n";
  }
  return lines;
}

}  // namespace

Status BundleWriter::Write(std::string_view bytes) {
  if (target_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()))) {
    return {};
  }
  return Fail({.kind = ErrorKind::kUnavailable,
               .doing = "write the bundle",
               .subject = "",
               .cause = "the file does not take more bytes",
               .hint = "is there space on the disk?"});
}

Status BundleWriter::Begin(const BundleHeader& header) {
  assert(header.earlier.size() <= kMaxEarlier);
  next_ = header.first;
  end_ = header.end;
  std::string text = fmt::format("{}\n{}{} {} {}\n{}", kBundleMagic, kRangeWord, header.first, header.end,
                                 header.size, HashLines(header.complement));
  text += fmt::format("{}{}\n{}", kCheckpointWord, header.checkpoint.size(), header.checkpoint);
  for (const EarlierCheckpoint& earlier : header.earlier) {
    text += fmt::format("{}{}\n{}{}", kEarlierWord, earlier.note.size(), earlier.note,
                        HashLines(earlier.consistency));
  }
  return Write(text.append(kEntriesLine).append("\n"));
}

Status BundleWriter::AddEntry(std::string_view leaf) {
  if (leaf.empty() || leaf.size() > kMaxLeafBytes || leaf.front() != '{' || leaf.find('\n') != leaf.npos) {
    return Fail(CannotExport(fmt::format("the leaf of entry {} is not one line of JSON", next_)));
  }
  if (next_ == end_) {
    return Fail(CannotExport(fmt::format("there are entries from {} on that the proof is not of", next_)));
  }
  ++next_;
  RETURN_IF_ERROR(Write(leaf));
  return Write("\n");
}

Status BundleWriter::AddBody(std::string_view salt, std::string_view body) {
  if (salt.size() != kSaltBytes || body.size() > kMaxBodyBytes) {
    return Fail(CannotExport(fmt::format("a body of entry {} has {} bytes and a salt of {}", next_ - 1,
                                         body.size(), salt.size())));
  }
  return Write(fmt::format("{}{} {} {}\n", kBodyWord, HexEncode(AsBytes(BodyDigest(salt, body))),
                           HexEncode(salt), Base64Encode(body)));
}

Status BundleWriter::Finish() {
  if (next_ != end_) {
    return Fail(CannotExport(fmt::format("entries {} to {} are missing", next_, end_ - 1)));
  }
  return Write(fmt::format("{}\n", kEndLine));
}

}  // namespace paliad::ledger
