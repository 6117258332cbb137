#include "ledger/note.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

#include "base/sha256.h"
#include "base/text.h"
#include "ledger/encoding.h"

namespace paliad::ledger {
namespace {

constexpr char kEd25519 = 0x01;
constexpr std::string_view kDash = "\xE2\x80\x94 ";  // U+2014 and a space
constexpr std::size_t kKeyIdBytes = 4;

// White_Space of Unicode 15 outside of ASCII, in UTF-8.
constexpr std::string_view kSpaces[] = {"\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80",
                                        "\xE2\x80\x81", "\xE2\x80\x82", "\xE2\x80\x83", "\xE2\x80\x84",
                                        "\xE2\x80\x85", "\xE2\x80\x86", "\xE2\x80\x87", "\xE2\x80\x88",
                                        "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\xA8", "\xE2\x80\xA9",
                                        "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80"};

std::string_view Bytes(const Ed25519PublicKey& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

std::string BigEndian(std::uint32_t id) {
  return {static_cast<char>(id >> 24), static_cast<char>(id >> 16), static_cast<char>(id >> 8),
          static_cast<char>(id)};
}

std::uint32_t FromBigEndian(std::string_view bytes) {
  std::uint32_t id = 0;
  for (const char c : bytes.substr(0, kKeyIdBytes)) {
    id = (id << 8) | static_cast<unsigned char>(c);
  }
  return id;
}

std::string Encoded(const Ed25519PublicKey& key) { return kEd25519 + std::string(Bytes(key)); }

tl::unexpected<Problem> Malformed(std::string why) {
  return Found(ProblemKind::kMalformed, "not a signed note: " + std::move(why));
}

std::optional<NoteSignature> ParseSignature(std::string_view line) {
  if (!line.starts_with(kDash)) {
    return std::nullopt;
  }
  line.remove_prefix(kDash.size());
  const std::size_t space = line.find(' ');
  if (space == line.npos || !IsKeyName(line.substr(0, space))) {
    return std::nullopt;
  }
  const std::optional<std::string> bytes = Base64Decode(line.substr(space + 1));
  if (!bytes || bytes->size() <= kKeyIdBytes) {
    return std::nullopt;
  }
  return NoteSignature{.name = std::string(line.substr(0, space)),
                       .key_id = FromBigEndian(*bytes),
                       .signature = bytes->substr(kKeyIdBytes)};
}

Error BadKey(std::string_view vkey, std::string cause) {
  return {.kind = ErrorKind::kInvalidInput,
          .doing = "read the verifier key",
          .subject = EscapeForTerminal(vkey),
          .cause = std::move(cause),
          .hint = "a verifier key is NAME+8 hex digits+base64, as `keygen` printed it"};
}

}  // namespace

bool IsKeyName(std::string_view name) {
  const bool plain = std::all_of(name.begin(), name.end(),
                                 [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != '+'; });
  return !name.empty() && plain && IsValidUtf8(name) &&
         std::none_of(std::begin(kSpaces), std::end(kSpaces),
                      [&](std::string_view space) { return name.find(space) != name.npos; });
}

VerifierKey::VerifierKey(std::string name, const Ed25519PublicKey& public_key)
    : name_(std::move(name)),
      id_(FromBigEndian(AsBytes(Sha256(name_, "\n", Encoded(public_key))))),
      public_key_(public_key) {
  assert(IsKeyName(name_));
}

Result<VerifierKey> VerifierKey::Parse(std::string_view vkey) {
  // Base64 has '+' among its digits: only the first two divide.
  const std::size_t first = vkey.find('+');
  const std::size_t second = first == vkey.npos ? first : vkey.find('+', first + 1);
  if (second == vkey.npos) {
    return Fail(BadKey(vkey, "it has no two '+'"));
  }
  const std::string_view name = vkey.substr(0, first);
  if (!IsKeyName(name)) {
    return Fail(BadKey(vkey, "its name is empty, or has a space or a control character"));
  }
  const std::optional<std::string> id = HexDecode(vkey.substr(first + 1, second - first - 1));
  const std::optional<std::string> key = Base64Decode(vkey.substr(second + 1));
  if (!id || id->size() != kKeyIdBytes || !key || key->empty()) {
    return Fail(BadKey(vkey, "its key id is not 8 lower-case hex digits, or its key is not base64"));
  }
  if (key->front() != kEd25519) {
    return Fail(BadKey(vkey, "it is of another algorithm than Ed25519"));
  }
  Ed25519PublicKey public_key;
  if (key->size() != public_key.size() + 1) {
    return Fail(BadKey(vkey, "the key does not have 32 bytes"));
  }
  std::copy(key->begin() + 1, key->end(), public_key.begin());
  VerifierKey parsed(std::string(name), public_key);
  if (parsed.id() != FromBigEndian(*id)) {
    return Fail(BadKey(vkey, "its key id is not that of its name and key"));
  }
  return parsed;
}

std::string VerifierKey::Format() const {
  return fmt::format("{}+{:08x}+{}", name_, id_, Base64Encode(Encoded(public_key_)));
}

std::string VerifierKey::Label() const { return fmt::format("{}+{:08x}", name_, id_); }

bool VerifierKey::Verifies(std::string_view text, std::string_view signature) const {
  return Ed25519Verifies(public_key_, text, signature);
}

Verified<Note> ParseNote(std::string_view bytes) {
  if (bytes.size() > kMaxNoteBytes) {
    return Malformed("it is too long");
  }
  if (!bytes.ends_with('\n')) {
    return Malformed("it does not end in a newline");
  }
  if (!IsValidUtf8(bytes) || std::any_of(bytes.begin(), bytes.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 && c != '\n';
      })) {
    return Malformed("it has a control character or is not UTF-8");
  }
  const std::size_t divide = bytes.rfind("\n\n");
  if (divide == bytes.npos) {
    return Malformed("no empty line divides text and signatures");
  }
  Note note{.text = std::string(bytes.substr(0, divide + 1)), .signatures = {}};
  for (std::string_view rest = bytes.substr(divide + 2); !rest.empty();) {
    const std::size_t end = rest.find('\n');
    std::optional<NoteSignature> signature = ParseSignature(rest.substr(0, end));
    if (!signature) {
      return Malformed("a line after the text is not a signature");
    }
    note.signatures.push_back(*std::move(signature));
    rest.remove_prefix(end + 1);
  }
  if (note.signatures.empty() || note.signatures.size() > kMaxSignatures) {
    return Malformed(fmt::format("it has {} signatures", note.signatures.size()));
  }
  return note;
}

std::string FormatNote(const Note& note) {
  std::string bytes = note.text + "\n";
  for (const NoteSignature& signature : note.signatures) {
    bytes += fmt::format("{}{} {}\n", kDash, signature.name,
                         Base64Encode(BigEndian(signature.key_id) + signature.signature));
  }
  return bytes;
}

Note SignNote(std::string text, const std::vector<NoteSigner>& signers) {
  assert(text.ends_with('\n'));
  Note note{.text = std::move(text), .signatures = {}};
  for (const NoteSigner& signer : signers) {
    note.signatures.push_back({.name = signer.verifier.name(),
                               .key_id = signer.verifier.id(),
                               .signature = signer.key.Sign(note.text)});
  }
  return note;
}

Verified<std::vector<std::size_t>> SignersOf(const Note& note, const std::vector<VerifierKey>& keys) {
  std::vector<std::size_t> signers;
  for (const NoteSignature& signature : note.signatures) {
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (keys[i].name() != signature.name || keys[i].id() != signature.key_id) {
        continue;
      }
      if (!keys[i].Verifies(note.text, signature.signature)) {
        return Found(ProblemKind::kBadSignature,
                     fmt::format("the signature by {} does not hold", keys[i].Label()));
      }
      signers.push_back(i);
    }
  }
  return signers;
}

}  // namespace paliad::ledger
