// long-identifier: parse trees hold names as PostgreSQL keeps them, so the file's tokens are looked at.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "migrations/sql_lexer.h"
#include "policies/sql_literal.h"
#include "policies/sql_rules.h"

namespace paliad {
namespace {

constexpr std::size_t kMaxNameBytes = 63;  // NAMEDATALEN - 1

void AppendUtf8(std::uint32_t code, std::string& text) {
  const auto tail = [&](int shift) { text += static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xC0 | (code >> 6));
    tail(0);
  } else if (code < 0x10000) {
    text += static_cast<char>(0xE0 | (code >> 12));
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xF0 | (code >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

// U&"d\0061t\+000061" → data; a pair of surrogates is one character (str_udeescape in PostgreSQL's parser.c).
// The parser has accepted it: escapes are well-formed.
std::string Unescaped(std::string_view text, char escape) {
  std::string plain;
  std::uint32_t high = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != escape) {
      plain += text[i++];
      continue;
    }
    if (text.substr(i + 1, 1) == std::string_view(&escape, 1)) {
      plain += escape;
      i += 2;
      continue;
    }
    const bool six = text.substr(i + 1, 1) == "+";
    const std::string_view digits = text.substr(std::min(i + (six ? 2 : 1), text.size()), six ? 6 : 4);
    std::uint32_t code = 0;
    std::from_chars(digits.begin(), digits.end(), code, 16);
    i = std::min(i + (six ? 8 : 5), text.size());
    if (code >= 0xD800 && code < 0xDC00) {
      high = code;
    } else if (code >= 0xDC00 && code < 0xE000) {
      AppendUtf8(0x10000 + ((high & 0x3FF) << 10) + (code & 0x3FF), plain);
    } else {
      AppendUtf8(code, plain);
    }
  }
  return plain;
}

// Of U&"…" UESCAPE '!'. `lexer` stands behind the name.
char EscapeAfter(std::string_view text, SqlLexer lexer) {
  if (!IsWord(text, lexer.Next(), "uescape")) {
    return '\\';
  }
  const SqlToken token = lexer.Next();
  const std::string value = token.kind == SqlTokenKind::kString
                                ? LiteralValue(text.substr(token.begin, token.end - token.begin))
                                : "";
  return value.empty() ? '\\' : value.front();
}

// The name that a token of the file stands for; "" if it is no name, or short enough whatever it is.
std::string LongName(std::string_view text, const SqlToken& token, const SqlLexer& lexer) {
  const std::string_view written = text.substr(token.begin, token.end - token.begin);
  if (written.size() <= kMaxNameBytes) {
    return "";
  }
  if (token.kind == SqlTokenKind::kWord) {
    std::string name(written);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return name;
  }
  if (token.kind != SqlTokenKind::kQuotedName) {
    return "";
  }
  std::string name = LiteralValue(written);
  if (written.front() != '"') {
    name = Unescaped(name, EscapeAfter(text, lexer));
  }
  return name.size() <= kMaxNameBytes ? "" : name;
}

// As PostgreSQL does it: at a character's edge.
std::string_view Cut(std::string_view name) {
  std::size_t end = kMaxNameBytes;
  while (end > 0 && (name[end] & '\xC0') == '\x80') {
    --end;
  }
  return name.substr(0, end);
}

}  // namespace

void CheckLongIdentifier(const SqlContext& file, FileFindings& findings) {
  std::unordered_set<std::string> seen;  // a name is said once, where it stands first
  SqlLexer lexer(file.text);
  for (SqlToken token = lexer.Next();
       token.kind != SqlTokenKind::kEnd && token.kind != SqlTokenKind::kUnterminated; token = lexer.Next()) {
    std::string name = LongName(file.text, token, lexer);
    if (name.empty()) {
      continue;
    }
    const std::string message = fmt::format(
        "the name has {} bytes, and PostgreSQL cuts it to the first {} in "
        "silence: {}",
        name.size(), Cut(name).size(), Cut(name));
    if (seen.insert(std::move(name)).second) {
      findings.Add("long-identifier", token.begin, message,
                   "write a name of at most 63 bytes; a letter outside of ASCII has two or more");
    }
  }
}

}  // namespace paliad
