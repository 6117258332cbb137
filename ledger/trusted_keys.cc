#include "ledger/trusted_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "ledger/encoding.h"

namespace paliad::ledger {
namespace {

Error BadLine(std::string_view line, std::string cause) {
  return {.kind = ErrorKind::kInvalidInput,
          .doing = "trust the key",
          .subject = EscapeForTerminal(line),
          .cause = std::move(cause),
          .hint = "write VKEY, VKEY FROM or VKEY FROM TO: it is trusted for trees of FROM to TO - 1 entries"};
}

std::vector<std::string_view> Words(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at <= line.size();) {
    const std::size_t end = std::min(line.find(' ', at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

std::string RangeOf(const TrustedKey& key) {
  return key.to_size ? fmt::format("{} to {} entries", key.from_size, *key.to_size - 1)
                     : fmt::format("{} entries and more", key.from_size);
}

std::string SignedBy(const Note& note) {
  std::string names;
  for (const NoteSignature& signature : note.signatures) {
    names += fmt::format("{}{}+{:08x}", names.empty() ? "" : ", ", signature.name, signature.key_id);
  }
  return names;
}

}  // namespace

Result<TrustedKeys> TrustedKeys::Parse(std::string_view text) {
  TrustedKeys keys;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    if (!line.empty() && !line.starts_with('#')) {
      RETURN_IF_ERROR(keys.Add(line));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return keys;
}

Status TrustedKeys::Add(std::string_view line) {
  const std::vector<std::string_view> words = Words(line);
  if (words.size() > 3) {
    return Fail(BadLine(line, "it has more than three words"));
  }
  ASSIGN_OR_RETURN(VerifierKey key, VerifierKey::Parse(words[0]));
  TrustedKey trusted{.key = std::move(key), .from_size = 0, .to_size = std::nullopt};
  if (words.size() > 1) {
    const std::optional<std::uint64_t> from = ParseDecimal(words[1]);
    trusted.to_size = words.size() > 2 ? ParseDecimal(words[2]) : std::nullopt;
    if (!from || (words.size() > 2 && !trusted.to_size)) {
      return Fail(BadLine(line, "a size is a number without leading zeroes"));
    }
    trusted.from_size = *from;
    if (trusted.to_size && *trusted.to_size <= *from) {
      return Fail(BadLine(line, "the range is empty"));
    }
  }
  for (const TrustedKey& other : keys_) {
    if (other.key.Label() == trusted.key.Label() && other.key != trusted.key) {
      return Fail(BadLine(line, "another key has the same name and key id"));
    }
  }
  keys_.push_back(std::move(trusted));
  return {};
}

std::string TrustedKeys::Format() const {
  std::string text;
  for (const TrustedKey& trusted : keys_) {
    text += trusted.key.Format();
    if (trusted.to_size) {
      text += fmt::format(" {} {}", trusted.from_size, *trusted.to_size);
    } else if (trusted.from_size > 0) {
      text += fmt::format(" {}", trusted.from_size);
    }
    text += '\n';
  }
  return text;
}

Verified<std::vector<std::string>> TrustedKeys::Check(const Note& note, std::uint64_t size) const {
  std::vector<VerifierKey> candidates;
  for (const TrustedKey& trusted : keys_) {
    candidates.push_back(trusted.key);
  }
  const Verified<std::vector<std::size_t>> signers = SignersOf(note, candidates);
  if (!signers) {
    return tl::unexpected<Problem>(signers.error());
  }
  std::vector<std::string> labels;
  std::string out_of_range;
  for (const std::size_t i : *signers) {
    if (!keys_[i].Covers(size)) {
      out_of_range += fmt::format("; {} is trusted for {}", keys_[i].key.Label(), RangeOf(keys_[i]));
    } else if (std::find(labels.begin(), labels.end(), keys_[i].key.Label()) == labels.end()) {
      labels.push_back(keys_[i].key.Label());
    }
  }
  if (labels.empty()) {
    return Found(ProblemKind::kUntrusted,
                 fmt::format("no key that is trusted for {} entries signed it; it is signed by {}{}", size,
                             SignedBy(note), out_of_range));
  }
  return labels;
}

}  // namespace paliad::ledger
