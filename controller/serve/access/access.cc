#include "controller/serve/access/access.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "base/sha256.h"
#include "base/text.h"
#include "controller/serve/http/parse.h"

namespace paliad::serve {
namespace {

constexpr std::size_t kMaxSessions = 1'000;

std::string RandomHex() {
  std::array<unsigned char, 32> bytes{};
  if (RAND_bytes(bytes.data(), bytes.size()) != 1) {
    std::abort();
  }
  return HexEncode({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

// Changes whenever the file does: it is always replaced, never written to.
std::string StampOf(const std::string& file) {
  struct stat status {};
  if (stat(file.c_str(), &status) != 0) {
    return "none";
  }
  return fmt::format("{}.{}.{}.{}.{:o}", status.st_ino, status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
                     status.st_size, status.st_mode);
}

std::optional<std::string_view> BearerToken(std::string_view header) {
  constexpr std::string_view kScheme = "bearer ";
  if (header.size() <= kScheme.size()) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    const char c = header[i];
    if ((c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) != kScheme[i]) {
      return std::nullopt;
    }
  }
  return header.substr(kScheme.size());
}

}  // namespace

Access::Access(std::string tokens_file, const Clock& clock) : file_(std::move(tokens_file)), clock_(clock) {}

std::vector<TokenRecord> Access::Tokens() {
  const std::string stamp = StampOf(file_);
  const std::lock_guard lock(mutex_);
  if (stamp != stamp_) {
    Result<std::vector<TokenRecord>> tokens = ReadTokens(file_);
    if (!tokens) {
      // Nobody gets in by a file that cannot be trusted.
      spdlog::error("{}; {}", EscapeForTerminal(tokens.error().Message()),
                    EscapeForTerminal(tokens.error().hint));
    }
    tokens_ = std::move(tokens).value_or(std::vector<TokenRecord>());
    stamp_ = stamp;
  }
  return tokens_;
}

std::optional<Person> Access::Identify(const http::Request& request) {
  const std::vector<TokenRecord> tokens = Tokens();
  auto anonymous =
      anonymous_read_ ? std::optional<Person>({.name = "anonymous", .anonymous = true}) : std::nullopt;
  if (const auto header = request.Header("authorization")) {
    const auto token = BearerToken(*header);
    const TokenRecord* record = token ? FindToken(tokens, *token) : nullptr;
    // A wrong token is a mistake to be told of, even where everybody may read.
    return record != nullptr ? std::optional<Person>({.name = record->name, .role = record->role})
                             : std::nullopt;
  }
  const auto cookie = http::CookieValue(request.Header("cookie").value_or(""), kSessionCookie);
  if (!cookie) {
    return anonymous;
  }
  const std::lock_guard lock(mutex_);
  const auto session = sessions_.find(Sha256Hex(*cookie));
  if (session == sessions_.end() || session->second.ends <= clock_.Steady()) {
    return anonymous;
  }
  for (const TokenRecord& record : tokens) {
    if (record.id == session->second.token_id) {
      return Person{.name = record.name, .role = record.role, .csrf = session->second.csrf};
    }
  }
  return anonymous;
}

std::optional<std::string> Access::SignIn(std::string_view token) {
  const std::vector<TokenRecord> tokens = Tokens();
  const TokenRecord* record = FindToken(tokens, token);
  if (record == nullptr) {
    return std::nullopt;
  }
  std::string session = RandomHex();
  const std::lock_guard lock(mutex_);
  if (sessions_.size() >= kMaxSessions) {
    EndOldest();
  }
  sessions_[Sha256Hex(session)] = {
      .token_id = record->id, .csrf = RandomHex(), .ends = clock_.Steady() + kSessionLasts};
  return session;
}

void Access::EndOldest() {
  const auto oldest = std::min_element(sessions_.begin(), sessions_.end(), [](const auto& a, const auto& b) {
    return a.second.ends < b.second.ends;
  });
  sessions_.erase(oldest);
}

void Access::SignOut(const http::Request& request) {
  const auto cookie = http::CookieValue(request.Header("cookie").value_or(""), kSessionCookie);
  const std::lock_guard lock(mutex_);
  sessions_.erase(Sha256Hex(cookie.value_or("")));
}

std::string Access::SetCookie(const std::string& session) {
  return fmt::format("{}={}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={}", kSessionCookie, session,
                     session.empty() ? 0 : std::chrono::seconds(kSessionLasts).count());
}

bool Access::IsOwnForm(const Person& person, std::string_view csrf) {
  return !person.csrf.empty() && csrf.size() == person.csrf.size() &&
         CRYPTO_memcmp(csrf.data(), person.csrf.data(), csrf.size()) == 0;
}

}  // namespace paliad::serve
