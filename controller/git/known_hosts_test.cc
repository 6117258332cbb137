#include "controller/git/known_hosts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "base/text.h"
#include "tests/git/process.h"
#include "tests/git/temp_dir.h"

namespace paliad::git {
namespace {

using paliad::testing::MustRun;
using paliad::testing::ReadFile;
using paliad::testing::TempDir;
using paliad::testing::WriteFile;
using ::testing::HasSubstr;

// The blob of an ed25519 key whose 32 bytes are all `fill`.
std::string Blob(char fill, const std::string& type = "ssh-ed25519") {
  std::string blob = {0, 0, 0, static_cast<char>(type.size())};
  blob += type;
  blob += std::string("\0\0\0\x20", 4) + std::string(32, fill);
  return blob;
}

HostKey KeyOf(const std::string& host, int port = 22) { return {host, port, Blob('a')}; }

const std::string kKey = "ssh-ed25519 " + Base64Encode(Blob('a'));
const std::string kOther = "ssh-ed25519 " + Base64Encode(Blob('b'));
const std::string kEcdsa = "ecdsa-sha2-nistp256 " + Base64Encode(Blob('c', "ecdsa-sha2-nistp256"));

TEST(KnownHosts, SaysWhatTheFileSaysOfTheKey) {
  const struct {
    std::string contents;
    HostKeyVerdict verdict;
  } cases[] = {
      {"", HostKeyVerdict::kUnknownHost},
      {"example.com " + kKey, HostKeyVerdict::kTrusted},
      {"example.com " + kKey + " a comment\n", HostKeyVerdict::kTrusted},
      {"  example.com\t" + kKey + "\r\n", HostKeyVerdict::kTrusted},
      {"EXAMPLE.com " + kKey, HostKeyVerdict::kTrusted},
      {"a.org,example.com,192.0.2.1 " + kKey, HostKeyVerdict::kTrusted},
      {"*.com " + kKey, HostKeyVerdict::kTrusted},
      {"exampl?.com " + kKey, HostKeyVerdict::kTrusted},
      {"*.com,!example.com " + kKey, HostKeyVerdict::kUnknownHost},
      {"example.org " + kKey, HostKeyVerdict::kUnknownHost},
      {"xexample.com " + kKey, HostKeyVerdict::kUnknownHost},
      {"[example.com]:22 " + kKey, HostKeyVerdict::kUnknownHost},
      {"#example.com " + kKey, HostKeyVerdict::kUnknownHost},
      {"# example.com " + kKey, HostKeyVerdict::kUnknownHost},
      {"example.com " + kOther, HostKeyVerdict::kChanged},
      {"example.com " + kEcdsa, HostKeyVerdict::kOtherKeyType},
      {"example.com " + kEcdsa + "\nexample.com " + kKey, HostKeyVerdict::kTrusted},
      {"example.com " + kOther + "\nexample.com " + kKey, HostKeyVerdict::kTrusted},
      {"example.com " + kKey + "\n@revoked example.com " + kKey, HostKeyVerdict::kRevoked},
      {"@revoked * " + kKey + "\nexample.com " + kKey, HostKeyVerdict::kRevoked},
      {"@revoked * " + kOther + "\nexample.com " + kKey, HostKeyVerdict::kTrusted},
      {"@cert-authority example.com " + kKey, HostKeyVerdict::kUnknownHost},
      {"example.com ssh-ed25519", HostKeyVerdict::kUnknownHost},
      {"example.com", HostKeyVerdict::kUnknownHost},
      {"|1|x|y " + kKey, HostKeyVerdict::kUnknownHost},
      {"|1| " + kKey, HostKeyVerdict::kUnknownHost},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(CheckHostKey(c.contents, KeyOf("example.com")), c.verdict) << c.contents;
  }
}

TEST(KnownHosts, APortThatIsNot22IsPartOfTheName) {
  EXPECT_EQ(CheckHostKey("[example.com]:2222 " + kKey, KeyOf("example.com", 2222)), HostKeyVerdict::kTrusted);
  EXPECT_EQ(CheckHostKey("example.com " + kKey, KeyOf("example.com", 2222)), HostKeyVerdict::kUnknownHost);
  EXPECT_EQ(CheckHostKey("[example.com]:2222 " + kKey, KeyOf("example.com")), HostKeyVerdict::kUnknownHost);
}

TEST(KnownHosts, NamesThatSshKeygenHashedAreFound) {
  const TempDir temp;
  WriteFile(temp / "hosts", "example.com " + kKey + "\n[example.com]:2222 " + kOther + "\n");
  MustRun({"ssh-keygen", "-q", "-H", "-f", temp / "hosts"});
  const std::string hashed = ReadFile(temp / "hosts");
  ASSERT_THAT(hashed, HasSubstr("|1|"));

  EXPECT_EQ(CheckHostKey(hashed, KeyOf("example.com")), HostKeyVerdict::kTrusted);
  EXPECT_EQ(CheckHostKey(hashed, KeyOf("example.com", 2222)), HostKeyVerdict::kChanged);
  EXPECT_EQ(CheckHostKey(hashed, KeyOf("example.org")), HostKeyVerdict::kUnknownHost);
}

TEST(KnownHosts, APatternOfManyStarsCostsLittle) {
  std::string pattern;
  for (int i = 0; i < 1000; ++i) {
    pattern += "*a";
  }
  EXPECT_EQ(CheckHostKey(pattern + "b " + kKey, KeyOf(std::string(2000, 'a'))), HostKeyVerdict::kUnknownHost);
}

TEST(HostKey, ItsFingerprintIsTheOneThatSshKeygenPrints) {
  const TempDir temp;
  MustRun({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", temp / "key"});
  std::istringstream line(ReadFile(temp / "key.pub"));
  std::string type, text;
  line >> type >> text;
  WriteFile(temp / "text", text);
  const HostKey key{"example.com", 22, MustRun({"base64", "--decode", temp / "text"})};

  EXPECT_EQ(key.Type(), "ssh-ed25519");
  EXPECT_THAT(MustRun({"ssh-keygen", "-l", "-f", temp / "key.pub"}),
              HasSubstr(" " + key.Fingerprint() + " "));
}

TEST(HostKey, ABlobThatIsCutShortHasNoType) {
  EXPECT_EQ((HostKey{"h", 22, ""}.Type()), "");
  EXPECT_EQ((HostKey{"h", 22, std::string("\0\0\0\x0Bssh", 7)}.Type()), "");
  EXPECT_EQ((HostKey{"h", 22, "\xFF\xFF\xFF\xFF"}.Type()), "");
}

TEST(VerifyHostKey, ARefusalNamesTheFingerprintAndWhatToDo) {
  const TempDir temp;
  const std::string file = temp / "hosts";
  const HostKey key = KeyOf("example.com", 2222);
  WriteFile(file, "");

  const Status unknown = VerifyHostKey(file, key);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(unknown.error().cause,
            "the host key of [example.com]:2222 is not known: ssh-ed25519 " + key.Fingerprint());
  EXPECT_THAT(unknown.error().hint, HasSubstr("ssh-keyscan -p 2222 example.com >> " + file));

  WriteFile(file, "[example.com]:2222 " + kOther + "\n");
  EXPECT_THAT(VerifyHostKey(file, key).error().cause, HasSubstr("has changed"));
  EXPECT_THAT(VerifyHostKey(file, key).error().hint, HasSubstr("-R '[example.com]:2222'"));

  WriteFile(file, "[example.com]:2222 " + kEcdsa + "\n");
  EXPECT_THAT(VerifyHostKey(file, key).error().cause, HasSubstr("of other types only"));

  WriteFile(file, "@revoked * " + kKey + "\n");
  EXPECT_THAT(VerifyHostKey(file, key).error().cause, HasSubstr("is revoked"));

  WriteFile(file, "[example.com]:2222 " + kKey + "\n");
  EXPECT_TRUE(VerifyHostKey(file, key));

  const Status missing = VerifyHostKey(temp / "nothing", key);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::kInvalidInput);
}

TEST(KnownHostsFiles, AConfiguredFileReplacesTheUsersAndTheSystems) {
  EXPECT_THAT(KnownHostsFiles("/etc/paliad/hosts"), ::testing::ElementsAre("/etc/paliad/hosts"));
  EXPECT_THAT(KnownHostsFiles(""),
              ::testing::ElementsAre(std::string(std::getenv("HOME")) + "/.ssh/known_hosts",
                                     "/etc/ssh/ssh_known_hosts"));
}

}  // namespace
}  // namespace paliad::git
