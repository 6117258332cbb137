// Tokens: who may read, who may act. Made by `paliadctl token new`, shown once, kept as hashes in a file:
//
//   {"tokens":[{"id":"5f0c9a3be1d2","name":"ada","role":"operator","created_at":"2026-…Z","hash":"<64
//   hex>"}]}
//
// A token is "paliad_" and 43 characters of base64url: 256 bits of the operating system's randomness. With
// that much, SHA-256 is as good a hash as a slow one: nobody can try them all.
#ifndef PALIAD_CONTROLLER_SERVE_ACCESS_TOKENS_H_
#define PALIAD_CONTROLLER_SERVE_ACCESS_TOKENS_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace paliad::serve {

// Written to the file by name; never rename. An operator may do all that an auditor may.
enum class Role { kAuditor, kOperator };

std::string_view RoleName(Role role);

struct TokenRecord {
  std::string id;  // 12 hex digits, to revoke it by
  std::string name;
  Role role = Role::kAuditor;
  std::string created_at;  // as FormatUtc
  std::string hash;        // SHA-256 of the token, 64 hex digits
};

struct NewToken {
  std::string token;  // to be shown once and forgotten
  TokenRecord record;
};

// None at all if there is no such file. kInvalidInput: it is not of this form, or others than its owner may
// read it (the hint says what to do).
[[nodiscard]] Result<std::vector<TokenRecord>> ReadTokens(const std::string& file);

// Adds one; `name` is 1 to 100 bytes of UTF-8 without control characters. The file is replaced as a whole,
// with mode 0600, under a lock: several at once lose none.
[[nodiscard]] Result<NewToken> AddToken(const std::string& file, const std::string& name, Role role,
                                        const Clock& clock);

// By id, or by name where one token only has it. kInvalidInput where there is none, or several.
[[nodiscard]] Result<TokenRecord> RevokeToken(const std::string& file, const std::string& id_or_name);

// The record of that token, none if it is not one of them. All hashes are compared, in constant time.
const TokenRecord* FindToken(const std::vector<TokenRecord>& tokens, std::string_view token);

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_ACCESS_TOKENS_H_
