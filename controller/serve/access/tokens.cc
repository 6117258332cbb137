#include "controller/serve/access/tokens.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>

#include "base/json.h"
#include "base/sha256.h"
#include "base/text.h"

namespace paliad::serve {
namespace {

constexpr std::string_view kPrefix = "paliad_";
constexpr std::size_t kMaxName = 100;

Error FileError(const std::string& doing, const std::string& file, std::string cause, std::string hint = "") {
  return {.kind = ErrorKind::kInvalidInput,
          .doing = doing,
          .subject = file,
          .cause = std::move(cause),
          .hint = std::move(hint)};
}

std::string RandomBytes(std::size_t count) {
  std::string bytes(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1) {
    std::abort();  // a token that can be guessed is worse than none
  }
  return bytes;
}

// RFC 4648, section 5, without padding.
std::string Base64Url(std::string_view bytes) {
  std::string text = Base64Encode(bytes);
  text.erase(text.find_last_not_of('=') + 1);
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

std::optional<Role> RoleOf(const std::string& name) {
  for (const Role role : {Role::kAuditor, Role::kOperator}) {
    if (RoleName(role) == name) {
      return role;
    }
  }
  return std::nullopt;
}

std::optional<TokenRecord> ReadRecord(const Json& json) {
  const auto text = [&](const char* field) {
    return json.is_object() && json.contains(field) && json[field].is_string()
               ? json[field].get<std::string>()
               : std::string();
  };
  const auto role = RoleOf(text("role"));
  TokenRecord record{
      .id = text("id"), .name = text("name"), .created_at = text("created_at"), .hash = text("hash")};
  if (!role || record.id.empty() || record.name.empty() || record.hash.size() != 64) {
    return std::nullopt;
  }
  record.role = *role;
  return record;
}

Result<std::vector<TokenRecord>> ParseTokens(const std::string& text, const std::string& file) {
  const auto damaged = [&] {
    return Fail(FileError("read the tokens", file, "it is not a file of tokens",
                          "restore it, or remove it and make new tokens with `paliadctl token new`"));
  };
  const Result<Json> json = ParseJson(text);
  if (!json || !json->is_object() || !json->contains("tokens") || !(*json)["tokens"].is_array()) {
    return damaged();
  }
  std::vector<TokenRecord> tokens;
  for (const Json& one : (*json)["tokens"]) {
    std::optional<TokenRecord> record = ReadRecord(one);
    if (!record) {
      return damaged();
    }
    tokens.push_back(*std::move(record));
  }
  return tokens;
}

Status WriteTokens(const std::string& file, const std::vector<TokenRecord>& tokens) {
  OrderedJson list = OrderedJson::array();
  for (const TokenRecord& token : tokens) {
    list.push_back({{"id", token.id},
                    {"name", token.name},
                    {"role", RoleName(token.role)},
                    {"created_at", token.created_at},
                    {"hash", token.hash}});
  }
  const std::string text = DumpJson({{"tokens", std::move(list)}}, 2) + "\n";
  const std::string next = file + ".new";
  const int fd = open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool written = fd >= 0 && fchmod(fd, 0600) == 0 &&
                       write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       fsync(fd) == 0;
  const int cause = errno;
  if (fd >= 0) {
    close(fd);
  }
  if (!written || std::rename(next.c_str(), file.c_str()) != 0) {
    return Fail(FileError("write the tokens", file, std::strerror(written ? errno : cause)));
  }
  return {};
}

// Held while the file is read and replaced.
class FileLock {
 public:
  explicit FileLock(const std::string& file)
      : fd_(open((file + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    held_ = fd_ >= 0 && flock(fd_, LOCK_EX) == 0;
  }
  ~FileLock() {
    if (fd_ >= 0) {
      close(fd_);
    }
  }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  bool held() const { return held_; }

 private:
  int fd_;
  bool held_ = false;
};

bool IsName(const std::string& name) {
  return !name.empty() && name.size() <= kMaxName && EscapeForTerminal(name) == name;
}

}  // namespace

std::string_view RoleName(Role role) {
  switch (role) {
    case Role::kAuditor:
      return "auditor";
    case Role::kOperator:
      return "operator";
  }
  return "";
}

Result<std::vector<TokenRecord>> ReadTokens(const std::string& file) {
  struct stat status {};
  if (stat(file.c_str(), &status) != 0) {
    if (errno == ENOENT) {
      return std::vector<TokenRecord>();
    }
    return Fail(FileError("read the tokens", file, std::strerror(errno)));
  }
  if ((status.st_mode & 077) != 0) {
    return Fail(FileError("read the tokens", file, "others than its owner may open it",
                          fmt::format("chmod 600 {}; if others had access, revoke the tokens in it", file)));
  }
  std::ifstream stream(file, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  if (!stream && !stream.eof()) {
    return Fail(FileError("read the tokens", file, std::strerror(errno)));
  }
  return ParseTokens(text, file);
}

Result<NewToken> AddToken(const std::string& file, const std::string& name, Role role, const Clock& clock) {
  if (!IsName(name)) {
    return Fail(FileError("make a token named", EscapeForTerminal(Truncate(name, kMaxName)),
                          "a name has 1 to 100 bytes, and no control characters"));
  }
  std::error_code ignored;  // opening the lock says it better
  std::filesystem::create_directories(std::filesystem::path(file).parent_path(), ignored);
  const FileLock lock(file);
  if (!lock.held()) {
    return Fail(FileError("write the tokens", file, std::strerror(errno),
                          "run it as the user of `paliadctl serve`, whose data_dir it is"));
  }
  ASSIGN_OR_RETURN(std::vector<TokenRecord> tokens, ReadTokens(file));
  NewToken made{.token = std::string(kPrefix) + Base64Url(RandomBytes(32))};
  made.record = {.id = HexEncode(RandomBytes(6)),
                 .name = name,
                 .role = role,
                 .created_at = FormatUtc(clock.Now()),
                 .hash = Sha256Hex(made.token)};
  tokens.push_back(made.record);
  RETURN_IF_ERROR(WriteTokens(file, tokens));
  return made;
}

Result<TokenRecord> RevokeToken(const std::string& file, const std::string& id_or_name) {
  const FileLock lock(file);
  if (!lock.held()) {
    return Fail(FileError("write the tokens", file, std::strerror(errno)));
  }
  ASSIGN_OR_RETURN(std::vector<TokenRecord> tokens, ReadTokens(file));
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].id == id_or_name || tokens[i].name == id_or_name) {
      found.push_back(i);
    }
  }
  if (found.size() != 1) {
    return Fail(FileError("revoke the token", EscapeForTerminal(Truncate(id_or_name, kMaxName)),
                          found.empty() ? "there is no such token" : "several tokens have that name",
                          "`paliadctl token list` shows them; revoke it by its id"));
  }
  TokenRecord revoked = tokens[found.front()];
  tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(found.front()));
  RETURN_IF_ERROR(WriteTokens(file, tokens));
  return revoked;
}

const TokenRecord* FindToken(const std::vector<TokenRecord>& tokens, std::string_view token) {
  const std::string hash = Sha256Hex(token);
  const TokenRecord* found = nullptr;
  for (const TokenRecord& record : tokens) {
    if (record.hash.size() == hash.size() &&
        CRYPTO_memcmp(record.hash.data(), hash.data(), hash.size()) == 0) {
      found = &record;
    }
  }
  return found;
}

}  // namespace paliad::serve
