#include "ledger/note.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "ledger/encoding.h"
#include "ledger/sample_log.h"

namespace paliad::ledger {
namespace {

using testing::SignerOf;

Ed25519Seed SeedOf(const std::string& hex) {
  const std::string bytes = *HexDecode(hex);
  Ed25519Seed seed;
  std::copy(bytes.begin(), bytes.end(), seed.begin());
  return seed;
}

ProblemKind KindOf(const std::string& bytes, const std::vector<VerifierKey>& keys) {
  const auto note = ParseNote(bytes);
  if (!note) {
    return note.error().kind;
  }
  const auto signers = SignersOf(*note, keys);
  return signers ? ProblemKind::kUntrusted : signers.error().kind;
}

TEST(Note, VectorOfTheSpecification) {
  const Result<VerifierKey> key =
      VerifierKey::Parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
  ASSERT_TRUE(key) << key.error().Message();
  EXPECT_EQ(key->id(), 0x530D903AU);
  EXPECT_EQ(key->Format(), "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
  const Note note = {
      .text = "This is an example message.\n",
      .signatures = {
          {.name = "example.com/foo",
           .key_id = 0x530D903A,
           .signature = *HexDecode("49fcb2b575c891a1d9561194bd539da82fd5812ae937d7a69ce2d8e367700953"
                                   "80aed9b60d444583595ec6233811f79855e644abb01e31b562eef62277b26903")}}};
  const auto parsed = ParseNote(FormatNote(note));
  ASSERT_TRUE(parsed) << parsed.error().detail;
  EXPECT_EQ(parsed->text, note.text);
  EXPECT_EQ(SignersOf(*parsed, {*key})->size(), 1U);
}

TEST(Note, VectorOfTheChecksumDatabase) {
  const NoteSigner peter("PeterNeumann",
                         Ed25519PrivateKey::FromSeed(
                             SeedOf("810a1402d5146c8d84f2443330f54080ebf98ee17d9c74f6252fc5d5c7283173")));
  EXPECT_EQ(peter.verifier.id(), 0xC74F20A3U);
  const Note note = SignNote(
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
      {peter});
  EXPECT_EQ(HexEncode(note.signatures[0].signature),
            "f64992e052f541bf49f7dcbc8010c5506d885ba92cbafca40704959227348b86"
            "52060dd451580b6a5948d5e02afa9fa9d9e0a2da5165be8a13a472c81c099c03");
  EXPECT_EQ(SignersOf(*ParseNote(FormatNote(note)), {peter.verifier})->size(), 1U);
}

TEST(Note, TextMayHaveEmptyLinesAndTheLastOneDivides) {
  const NoteSigner signer = SignerOf(1);
  const auto note = ParseNote(FormatNote(SignNote("one\n\ntwo\n", {signer})));
  ASSERT_TRUE(note);
  EXPECT_EQ(note->text, "one\n\ntwo\n");
  EXPECT_EQ(SignersOf(*note, {signer.verifier})->size(), 1U);
}

TEST(Note, ManySignaturesAreAcceptedAndTooManyAreNot) {
  std::vector<NoteSigner> signers;
  std::vector<VerifierKey> keys;
  for (unsigned char i = 0; i < 17; ++i) {
    signers.push_back(SignerOf(i, "key" + std::to_string(i)));
    keys.push_back(signers.back().verifier);
  }
  const auto note = ParseNote(FormatNote(SignNote("text\n", signers)));
  ASSERT_TRUE(note);
  EXPECT_EQ(SignersOf(*note, keys)->size(), 17U);
  Note crowded = *note;
  crowded.signatures.resize(kMaxSignatures + 1, crowded.signatures[0]);
  EXPECT_FALSE(ParseNote(FormatNote(crowded)));
}

TEST(Note, SignaturesOfUnknownKeysAreIgnoredAlsoWithAKnownNameOrId) {
  const NoteSigner known = SignerOf(1);
  Note note = SignNote("text\n", {known});
  note.signatures.push_back({.name = known.verifier.name(), .key_id = 7, .signature = "rubbish"});
  note.signatures.push_back({.name = "stranger", .key_id = known.verifier.id(), .signature = "rubbish"});
  const auto parsed = ParseNote(FormatNote(note));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*SignersOf(*parsed, {known.verifier}), std::vector<std::size_t>{0});
  EXPECT_TRUE(SignersOf(*parsed, {SignerOf(2).verifier})->empty());
}

TEST(Note, AKnownKeysBadSignatureRejectsTheNoteBesideAGoodOne) {
  const NoteSigner one = SignerOf(1);
  const NoteSigner two = SignerOf(2);
  Note note = SignNote("text\n", {one, two});
  note.signatures[1].signature[5] ^= 1;
  EXPECT_EQ(KindOf(FormatNote(note), {one.verifier, two.verifier}), ProblemKind::kBadSignature);
  EXPECT_EQ(SignersOf(note, {one.verifier})->size(), 1U);  // the second is a stranger then
  note.signatures[1].signature = "short";
  EXPECT_EQ(KindOf(FormatNote(note), {one.verifier, two.verifier}), ProblemKind::kBadSignature);
  note = SignNote("text\n", {one});
  note.text = "Text\n";
  EXPECT_EQ(KindOf(FormatNote(note), {one.verifier}), ProblemKind::kBadSignature);
}

TEST(Note, EveryOtherFormIsMalformed) {
  const std::string good = FormatNote(SignNote("text\n", {SignerOf(1)}));
  ASSERT_TRUE(ParseNote(good));
  const std::string line = good.substr(6);  // behind the text and the empty line
  const std::string base64 = line.substr(line.rfind(' ') + 1);
  const std::string dash = "\xE2\x80\x94 ";
  const std::vector<std::pair<std::string, std::string>> bad = {
      {"no final newline", good.substr(0, good.size() - 1)},
      {"empty", ""},
      {"a newline alone", "\n"},
      {"no signature", "text\n"},
      {"no signature after the empty line", "text\n\n"},
      {"no empty line", "text\n" + line},
      {"a control character", "te\x01xt\n\n" + line},
      {"a tab", "te\txt\n\n" + line},
      {"a carriage return", "text\r\n\n" + line},
      {"a NUL", std::string("te\0xt\n\n", 7) + line},
      {"invalid UTF-8", "te\xFFxt\n\n" + line},
      {"an overlong form", "te\xC0\xAFxt\n\n" + line},
      {"a line after the signatures", good + "more\n"},
      {"an empty line after the signatures", good + "\n"},
      {"another dash", "text\n\n- " + line.substr(4)},
      {"no space after the dash", "text\n\n\xE2\x80\x94" + line.substr(4)},
      {"no name", "text\n\n" + dash + " " + base64},
      {"no base64", "text\n\n" + dash + "name\n"},
      {"empty base64", "text\n\n" + dash + "name \n"},
      {"a plus in the name", "text\n\n" + dash + "na+me " + base64},
      {"a space in the name", "text\n\n" + dash + "na me " + base64},
      {"a no-break space in the name", "text\n\n" + dash + "na\xC2\xA0me " + base64},
      {"an ideographic space in the name", "text\n\n" + dash + "na\xE3\x80\x80me " + base64},
      {"a key id and nothing else", "text\n\n" + dash + "name AAAAAA==\n"},
      {"less than a key id", "text\n\n" + dash + "name AAA=\n"},
      {"two spaces", "text\n\n" + dash + "name  " + base64},
      {"a space at the end", good.substr(0, good.size() - 1) + " \n"},
      {"base64 without padding", "text\n\n" + dash + "name AAAAAAA\n"},
      {"base64 with bits left over", "text\n\n" + dash + "name AAAAAAB=\n"},
      {"base64 for URLs", "text\n\n" + dash + "name AAAA_A==\n"},
      {"too long", std::string(kMaxNoteBytes, 'x') + "\n\n" + line},
  };
  for (const auto& [what, bytes] : bad) {
    const auto note = ParseNote(bytes);
    ASSERT_FALSE(note) << what;
    EXPECT_EQ(note.error().kind, ProblemKind::kMalformed) << what;
  }
}

TEST(Note, VerifierKeysOfEveryOtherFormAreRefused) {
  const std::string good = SignerOf(1).verifier.Format();
  ASSERT_TRUE(VerifierKey::Parse(good));
  const std::size_t first = good.find('+');
  const std::string name = good.substr(0, first);
  const std::string id = good.substr(first + 1, 8);
  const std::string key = good.substr(first + 10);
  const std::string raw = *Base64Decode(key);
  const auto with = [&](const std::string& bytes) { return name + "+" + id + "+" + Base64Encode(bytes); };
  std::string other_id = id;
  other_id[0] = other_id[0] == '0' ? '1' : '0';
  std::string upper = id;
  std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return std::toupper(c); });
  ASSERT_NE(upper, id);
  std::vector<std::string> bad = {"",
                                  name,
                                  name + "+" + id,
                                  "+" + id + "+" + key,
                                  "na me+" + id + "+" + key,
                                  name + "+" + other_id + "+" + key,
                                  name + "+" + upper + "+" + key,
                                  name + "+" + id.substr(1) + "+" + key,
                                  "other+" + id + "+" + key,
                                  name + "+" + id + "+",
                                  name + "+" + id + "+" + key + "=",
                                  good + " ",
                                  with(raw.substr(0, 32)),
                                  with(raw + "x"),
                                  with("\x02" + raw.substr(1)),
                                  with("\x04" + raw.substr(1))};
  for (const std::string& vkey : bad) {
    const auto parsed = VerifierKey::Parse(vkey);
    ASSERT_FALSE(parsed) << vkey;
    EXPECT_EQ(parsed.error().kind, ErrorKind::kInvalidInput);
  }
}

TEST(Note, AVerifierKeyDividesAtItsFirstTwoPlusesOnly) {
  // Base64 has '+' among its digits.
  int with_plus = 0;
  for (int i = 0; i < 64; ++i) {
    const std::string vkey = SignerOf(static_cast<unsigned char>(i)).verifier.Format();
    with_plus += std::count(vkey.begin(), vkey.end(), '+') > 2 ? 1 : 0;
    const auto parsed = VerifierKey::Parse(vkey);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->Format(), vkey);
  }
  EXPECT_GT(with_plus, 0);
}

TEST(Note, APrivateKeySurvivesAsPem) {
  const Ed25519PrivateKey key = Ed25519PrivateKey::Generate();
  const std::string pem = key.ToPem();
  EXPECT_TRUE(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
  const auto read = Ed25519PrivateKey::FromPem(pem);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->public_key(), key.public_key());
  EXPECT_EQ(read->Sign("text"), key.Sign("text"));
  EXPECT_NE(Ed25519PrivateKey::Generate().public_key(), key.public_key());
}

TEST(Note, AnythingElseIsNoSigningKey) {
  // Made with `openssl genpkey -algorithm X25519` and `… ED25519 -aes256 -pass pass:x`.
  const std::string x25519 =
      "-----BEGIN PRIVATE KEY-----\n"
      "MC4CAQAwBQYDK2VuBCIEIECHsdrP7h6b6A0DRzCTaojtcqT4RSjrlZgCl+04Icdi\n"
      "-----END PRIVATE KEY-----\n";
  const std::string encrypted =
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
      "MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAi7MKrP91PgxgICCAAw\n"
      "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEAMKPHQTMkBD7b081+Wg0dgEQOhp\n"
      "E0T0kGWKakeAFwqnlmdEs98AfpgBx7xEbO9oR2x8I2t6CfHSouXaDwcbSw/mh1JA\n"
      "Lcc1ysPAx5/F/wnQJRU=\n"
      "-----END ENCRYPTED PRIVATE KEY-----\n";
  for (const std::string& text :
       {std::string(), std::string("rubbish"), x25519, x25519.substr(0, 60), encrypted}) {
    const auto key = Ed25519PrivateKey::FromPem(text);
    ASSERT_FALSE(key) << text;
    EXPECT_EQ(key.error().kind, ErrorKind::kInvalidInput);
  }
  EXPECT_EQ(Ed25519PrivateKey::FromPem(x25519).error().cause,
            "it is a key of another algorithm than Ed25519");
}

}  // namespace
}  // namespace paliad::ledger
