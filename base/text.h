// Text from the outside world (git, SQL, PostgreSQL, forges) made safe to show and to store.
#ifndef PALIAD_BASE_TEXT_H_
#define PALIAD_BASE_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace paliad {

// True for well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms). If not, and `bad_offset`
// is given, it is set to the first offending byte.
bool IsValidUtf8(std::string_view text, std::size_t* bad_offset = nullptr);

// For terminals and logs: control characters (C0, DEL, C1) and bidirectional formatting characters
// become visible escapes such as \x1b or \u202e; bytes that are not UTF-8 become \xNN.
// Line feeds and tabs are kept where `multiline` is set, else escaped as \n and \t.
std::string EscapeForTerminal(std::string_view text, bool multiline = false);

// Bytes that are not UTF-8 and NUL replaced by U+FFFD: what can go into JSON and into PostgreSQL.
std::string ToValidUtf8(std::string_view text);

// `text` cut to at most `max_bytes` at a character's edge, with "…" where something was cut.
// REQUIRES: max_bytes >= 3.
std::string Truncate(std::string_view text, std::size_t max_bytes);

std::string HexEncode(std::string_view bytes);
std::string Base64Encode(std::string_view bytes);

// "postgresql://user:secret@host/db?password=x" and "host=… password=…" without the secrets.
// For every URL and connection string before it is shown or recorded.
std::string RedactUrl(std::string_view url);

}  // namespace paliad

#endif  // PALIAD_BASE_TEXT_H_
