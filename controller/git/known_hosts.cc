#include "controller/git/known_hosts.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <optional>

#include "base/sha256.h"
#include "base/text.h"
#include "controller/git/home.h"

namespace paliad::git {
namespace {

constexpr int kSshPort = 22;

// The next word of `line`, which loses it.
std::string_view TakeWord(std::string_view* line) {
  line->remove_prefix(std::min(line->find_first_not_of(" \t"), line->size()));
  const std::size_t end = std::min(line->find_first_of(" \t"), line->size());
  const std::string_view word = line->substr(0, end);
  line->remove_prefix(end);
  return word;
}

// '*' and '?' as in a shell; iterative, so that a hostile pattern costs no more than its length times the
// name's.
bool MatchesPattern(std::string_view pattern, std::string_view name) {
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;
  std::size_t retry = 0;
  while (n < name.size()) {
    if (p < pattern.size() && (pattern[p] == name[n] || pattern[p] == '?') && pattern[p] != '*') {
      ++p;
      ++n;
    } else if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++retry;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return lower;
}

std::optional<std::string> Base64Decode(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) {
    return std::nullopt;
  }
  std::string bytes(text.size() / 4 * 3, '\0');
  const int length =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (length < 0) {
    return std::nullopt;
  }
  const std::size_t padding = text.size() - std::min(text.find('='), text.size());
  bytes.resize(static_cast<std::size_t>(length) - std::min<std::size_t>(padding, 2));
  return bytes;
}

// |1|base64(salt)|base64(HMAC-SHA1(salt, name)).
bool MatchesHashed(std::string_view field, const std::string& name) {
  field.remove_prefix(3);
  const std::size_t bar = field.find('|');
  if (bar == std::string_view::npos) {
    return false;
  }
  const std::optional<std::string> salt = Base64Decode(field.substr(0, bar));
  if (!salt) {
    return false;
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  HMAC(EVP_sha1(), salt->data(), static_cast<int>(salt->size()),
       reinterpret_cast<const unsigned char*>(name.data()), name.size(), digest.data(), &length);
  return Base64Encode({reinterpret_cast<const char*>(digest.data()), length}) == field.substr(bar + 1);
}

// The first field of a line: a hashed name, or patterns with commas between them; a negated one that matches
// excludes the host.
bool MatchesHosts(std::string_view field, const std::string& name) {
  if (field.starts_with("|1|")) {
    return MatchesHashed(field, name);
  }
  bool matches = false;
  while (!field.empty()) {
    const std::size_t comma = std::min(field.find(','), field.size());
    std::string_view pattern = field.substr(0, comma);
    field.remove_prefix(std::min(comma + 1, field.size()));
    const bool negated = pattern.starts_with('!');
    pattern.remove_prefix(negated ? 1 : 0);
    if (MatchesPattern(Lower(pattern), name)) {
      if (negated) {
        return false;
      }
      matches = true;
    }
  }
  return matches;
}

std::string ReadAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Error Refusal(HostKeyVerdict verdict, const HostKey& key, const std::string& file) {
  const std::string port = key.port == kSshPort ? "" : fmt::format("-p {} ", key.port);
  const std::string add = fmt::format("compare the fingerprint with the host's, then: ssh-keyscan {}{} >> {}",
                                      port, key.host, file);
  const std::string key_text = fmt::format("{} {}", key.Type(), key.Fingerprint());
  Error error{ErrorKind::kUnavailable, "", "", "", ""};
  switch (verdict) {
    case HostKeyVerdict::kTrusted:
      break;
    case HostKeyVerdict::kUnknownHost:
      error.cause = fmt::format("the host key of {} is not known: {}", key.Name(), key_text);
      error.hint = add;
      break;
    case HostKeyVerdict::kOtherKeyType:
      error.cause = fmt::format("the host key of {} is not known: {}; {} has its keys of other types only",
                                key.Name(), key_text, file);
      error.hint = add;
      break;
    case HostKeyVerdict::kChanged:
      error.cause = fmt::format("the host key of {} has changed and is now {}: somebody may be listening in",
                                key.Name(), key_text);
      error.hint = fmt::format(
          "ask the host's administrator; if the new key is right: ssh-keygen -f {} -R '{}', "
          "then: ssh-keyscan {}{} >> {}",
          file, key.Name(), port, key.host, file);
      break;
    case HostKeyVerdict::kRevoked:
      error.cause = fmt::format("the host key of {} is revoked: {}", key.Name(), key_text);
      error.hint = "ask the host's administrator for its new key";
      break;
  }
  return error;
}

}  // namespace

std::string HostKey::Name() const { return port == kSshPort ? host : fmt::format("[{}]:{}", host, port); }

std::string HostKey::Type() const {
  // RFC 4251, section 5: a string is its length in four bytes, then its bytes.
  if (blob.size() < 4) {
    return "";
  }
  std::size_t length = 0;
  for (int i = 0; i < 4; ++i) {
    length = length << 8 | static_cast<unsigned char>(blob[i]);
  }
  return length <= blob.size() - 4 ? ToValidUtf8(blob.substr(4, length)) : "";
}

std::string HostKey::Fingerprint() const {
  std::string text = "SHA256:" + Base64Encode(AsBytes(Sha256(blob)));
  text.erase(text.find_last_not_of('=') + 1);
  return text;
}

HostKeyVerdict CheckHostKey(std::string_view contents, const HostKey& key) {
  const std::string type = key.Type();
  const std::string encoded = Base64Encode(key.blob);
  const std::string name = key.Name();
  bool trusted = false;
  bool same_type = false;
  bool other_type = false;
  while (!contents.empty()) {
    const std::size_t end = std::min(contents.find('\n'), contents.size());
    std::string_view line = contents.substr(0, end);
    contents.remove_prefix(std::min(end + 1, contents.size()));
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    std::string_view hosts = TakeWord(&line);
    const std::string_view marker = hosts.starts_with('@') ? hosts : std::string_view();
    if (!marker.empty()) {
      hosts = TakeWord(&line);
    }
    const std::string_view key_type = TakeWord(&line);
    const std::string_view key_text = TakeWord(&line);
    const bool skipped =
        hosts.starts_with('#') || key_text.empty() || (!marker.empty() && marker != "@revoked");
    if (skipped || !MatchesHosts(hosts, name)) {
      continue;
    }
    if (marker == "@revoked") {
      if (key_text == encoded) {
        return HostKeyVerdict::kRevoked;
      }
      continue;
    }
    trusted = trusted || key_text == encoded;
    same_type = same_type || key_type == type;
    other_type = other_type || key_type != type;
  }
  if (trusted) {
    return HostKeyVerdict::kTrusted;
  }
  if (same_type) {
    return HostKeyVerdict::kChanged;
  }
  return other_type ? HostKeyVerdict::kOtherKeyType : HostKeyVerdict::kUnknownHost;
}

std::vector<std::string> KnownHostsFiles(const std::string& configured) {
  if (!configured.empty()) {
    return {configured};
  }
  std::vector<std::string> files;
  if (const std::string home = HomeFolder(); !home.empty()) {
    files.push_back(home + "/.ssh/known_hosts");
  }
  files.emplace_back("/etc/ssh/ssh_known_hosts");
  return files;
}

Status VerifyHostKey(const std::string& configured_file, const HostKey& key) {
  const std::vector<std::string> files = KnownHostsFiles(configured_file);
  if (!configured_file.empty() && !std::ifstream(configured_file)) {
    return Fail({ErrorKind::kInvalidInput, "", "", fmt::format("cannot read {}", configured_file),
                 "known_hosts_file must name a file that exists"});
  }
  std::string contents;
  for (const std::string& file : files) {
    contents += ReadAll(file) + "\n";
  }
  const HostKeyVerdict verdict = CheckHostKey(contents, key);
  if (verdict == HostKeyVerdict::kTrusted) {
    return {};
  }
  return Fail(Refusal(verdict, key, files.front()));
}

}  // namespace paliad::git
