#include "ledger/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

#include "base/text.h"
#include "ledger/encoding.h"

namespace paliad::ledger {
namespace {

tl::unexpected<Problem> Malformed(std::string why) {
  return Found(ProblemKind::kMalformed, "not a checkpoint: " + std::move(why));
}

bool HasControlCharacter(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

// A note always has an empty line, and a checkpoint's text never has one.
bool IsUnsigned(std::string_view bytes) { return bytes.find("\n\n") == bytes.npos; }

}  // namespace

std::string FormatCheckpoint(const Checkpoint& checkpoint) {
  return fmt::format("{}\n{}\n{}\n", checkpoint.origin, checkpoint.size, FormatHash(checkpoint.root));
}

Verified<Checkpoint> ParseCheckpoint(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == text.npos) {
      return Malformed("it does not end in a newline");
    }
    lines.push_back(text.substr(0, end));
    if (lines.back().empty() || HasControlCharacter(lines.back()) || !IsValidUtf8(lines.back())) {
      return Malformed("a line is empty, has a control character or is not UTF-8");
    }
    text.remove_prefix(end + 1);
  }
  if (lines.size() < 3) {
    return Malformed("it has fewer than three lines");
  }
  const std::optional<std::uint64_t> size = ParseDecimal(lines[1]);
  const std::optional<Sha256Digest> root = ParseHash(lines[2]);
  if (!size || !root) {
    return Malformed(!size ? "its size is not a number" : "its root is not base64 of 32 bytes");
  }
  return Checkpoint{.origin = std::string(lines[0]), .size = *size, .root = *root};
}

std::string SignCheckpoint(const Checkpoint& checkpoint, const std::vector<NoteSigner>& signers) {
  if (signers.empty()) {
    return FormatCheckpoint(checkpoint);
  }
  assert(IsKeyName(checkpoint.origin));
  return FormatNote(SignNote(FormatCheckpoint(checkpoint), signers));
}

Verified<OpenedCheckpoint> OpenCheckpoint(std::string_view bytes, std::string_view origin,
                                          const TrustedKeys& keys) {
  Note note;
  if (IsUnsigned(bytes)) {
    note.text = bytes;
  } else if (Verified<Note> parsed = ParseNote(bytes); parsed) {
    note = *std::move(parsed);
  } else {
    return tl::unexpected<Problem>(std::move(parsed).error());
  }
  Verified<Checkpoint> checkpoint = ParseCheckpoint(note.text);
  if (!checkpoint) {
    return tl::unexpected<Problem>(std::move(checkpoint).error());
  }
  if (checkpoint->origin != origin) {
    return Found(ProblemKind::kUntrusted,
                 fmt::format("it is a checkpoint of the log '{}', not of '{}'", checkpoint->origin, origin));
  }
  OpenedCheckpoint opened{.checkpoint = *std::move(checkpoint), .signers = {}, .ignored_signatures = 0};
  if (keys.empty()) {
    opened.ignored_signatures = note.signatures.size();
    return opened;
  }
  if (note.signatures.empty()) {
    return Found(ProblemKind::kUnsigned, "the checkpoint is not signed");
  }
  Verified<std::vector<std::string>> signers = keys.Check(note, opened.checkpoint.size);
  if (!signers) {
    return tl::unexpected<Problem>(std::move(signers).error());
  }
  opened.signers = *std::move(signers);
  opened.ignored_signatures =
      note.signatures.size() - std::min(note.signatures.size(), opened.signers.size());
  return opened;
}

std::string OriginOf(std::string_view note) { return std::string(note.substr(0, note.find('\n'))); }

}  // namespace paliad::ledger
