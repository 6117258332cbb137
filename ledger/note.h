// Signed notes and their keys, as c2sp.org/signed-note has them:
//
//   note      = text LF 1*signature        text ends in LF; the last empty line divides
//   signature = "— " name " " base64(key id (4 bytes) ‖ signature) LF
//   vkey      = name "+" hex(key id) "+" base64(0x01 ‖ public key)
//   key id    = SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key)[:4]
//
// The signature is Ed25519's of the text, its last newline included. Values; pure.
#ifndef PALIAD_LEDGER_NOTE_H_
#define PALIAD_LEDGER_NOTE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/ed25519.h"
#include "ledger/problem.h"

namespace paliad::ledger {

inline constexpr std::size_t kMaxNoteBytes = 65'536;
inline constexpr std::size_t kMaxSignatures = 64;  // the specification asks for 16 or more

// Not empty, UTF-8, without control characters, spaces (Unicode's too) and '+'.
bool IsKeyName(std::string_view name);

// What is trusted to verify, with the name that it signs under.
class VerifierKey {
 public:
  // kInvalidInput for a bad name, a key id that is not the key's, another algorithm or length.
  [[nodiscard]] static Result<VerifierKey> Parse(std::string_view vkey);

  // REQUIRES: IsKeyName(name).
  VerifierKey(std::string name, const Ed25519PublicKey& public_key);

  const std::string& name() const { return name_; }
  std::uint32_t id() const { return id_; }
  std::string Format() const;  // the vkey
  std::string Label() const;   // "name+hex(key id)": for people
  bool Verifies(std::string_view text, std::string_view signature) const;

  bool operator==(const VerifierKey&) const = default;

 private:
  std::string name_;
  std::uint32_t id_;
  Ed25519PublicKey public_key_;
};

struct NoteSigner {
  // REQUIRES: IsKeyName(name).
  NoteSigner(const std::string& name, Ed25519PrivateKey private_key)
      : verifier(name, private_key.public_key()), key(std::move(private_key)) {}

  VerifierKey verifier;
  Ed25519PrivateKey key;
};

struct NoteSignature {
  std::string name;
  std::uint32_t key_id = 0;
  std::string signature;  // the bytes after the key id; not empty
};

struct Note {
  std::string text;  // ends in a newline
  std::vector<NoteSignature> signatures;
};

// kMalformed: no final newline, a control character, bytes that are not UTF-8, no signature, a bad name, a
// line that is no signature after the signatures, base64 that is not canonical, more than the limits above.
[[nodiscard]] Verified<Note> ParseNote(std::string_view bytes);

std::string FormatNote(const Note& note);

// REQUIRES: the text is not empty, ends in a newline, and is what ParseNote accepts.
Note SignNote(std::string text, const std::vector<NoteSigner>& signers);

// Which of `keys` signed the note, as positions in `keys`; signatures of other keys are ignored.
// kBadSignature if a key of the list (same name and id) has one that does not hold. Empty if none signed.
[[nodiscard]] Verified<std::vector<std::size_t>> SignersOf(const Note& note,
                                                           const std::vector<VerifierKey>& keys);

}  // namespace paliad::ledger

#endif  // PALIAD_LEDGER_NOTE_H_
