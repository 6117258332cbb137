#include "controller/config/secret_lines.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/suggestion.h"

namespace paliad::config {
namespace {

// The words of `git_password`, `webhook-secret`, `databaseUrl`.
std::vector<std::string> Words(std::string_view key) {
  std::vector<std::string> words(1);
  for (const char c : key) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (c == '_' || c == '-' || c == '.' || (upper && !words.back().empty())) {
      words.emplace_back();
    }
    if (c != '_' && c != '-' && c != '.') {
      words.back() += upper ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  return words;
}

bool NamesSecret(std::string_view key) {
  static const std::vector<std::string_view> kSecret = {"password", "passwd",   "passphrase", "secret",
                                                        "token",    "database", "scratch",    "credentials",
                                                        "key",      "dsn",      "username"};
  const std::vector<std::string> words = Words(key);
  // The place of a secret, or what is public.
  const std::string& last = words.back();
  if (last == "file" || last == "keys" || last == "template") {
    return false;
  }
  return std::any_of(words.begin(), words.end(),
                     [](const std::string& word) { return Nearest(word, kSecret).has_value(); });
}

bool IsKeyCharacter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.';
}

// What a shell could have as a variable's name, in quotes.
bool IsVariableName(std::string_view value) {
  value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
  const std::size_t end = value.size() < 2 ? std::string_view::npos : value.find(value.front(), 1);
  const std::string_view name = value.substr(0, end);
  return end != std::string_view::npos && std::all_of(name.begin() + 1, name.end(), [](char c) {
           return IsKeyCharacter(c) && c != '-' && c != '.';
         });
}

// The keys before each '=' of the line; one in a value does no harm.
bool GivesValueToSecret(std::string_view line) {
  for (std::size_t equals = line.find('='); equals != std::string_view::npos;
       equals = line.find('=', equals + 1)) {
    std::size_t end = equals;
    while (end > 0 && !IsKeyCharacter(line[end - 1]) && line[end - 1] != ',') {
      --end;
    }
    std::size_t begin = end;
    while (begin > 0 && IsKeyCharacter(line[begin - 1])) {
      --begin;
    }
    const std::string_view key = line.substr(begin, end - begin);
    if (NamesSecret(key) && !(key.ends_with("_env") && IsVariableName(line.substr(equals + 1)))) {
      return true;
    }
  }
  return false;
}

// scheme://user:password@host, and scheme://token@host but for ssh, where it is a user's name.
bool HasUserInfo(std::string_view line) {
  for (std::size_t at = line.find("://"); at != std::string_view::npos; at = line.find("://", at + 1)) {
    const std::string_view rest = line.substr(at + 3);
    const std::string_view authority = rest.substr(0, rest.find_first_of("/ \"'"));
    const std::size_t user = authority.rfind('@');
    if (user != std::string_view::npos && (!line.substr(0, at).ends_with("ssh") ||
                                           authority.substr(0, user).find(':') != std::string_view::npos)) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool MayHoldSecret(std::string_view line) { return GivesValueToSecret(line) || HasUserInfo(line); }

}  // namespace paliad::config
