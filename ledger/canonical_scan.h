// Is a text canonical JSON (base/json.h says which)? One pass, no allocation for values that nobody asked
// for, and bounded recursion: what is scanned may come from an attacker.
#ifndef PALIAD_LEDGER_CANONICAL_SCAN_H_
#define PALIAD_LEDGER_CANONICAL_SCAN_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace paliad::ledger {

// Deeper texts are not canonical here, though RFC 8785 would have them; entries nest three levels.
inline constexpr int kMaxJsonDepth = 32;

// monostate: an array or an object.
using JsonScalar = std::variant<std::monostate, std::nullptr_t, bool, std::int64_t, std::string>;

// Called for every member of an object and every element of an array, inner ones first. `depth` is 1 for the
// members of the outermost object; `key` is empty in an array.
using JsonVisitor = std::function<void(int depth, std::string_view key, const JsonScalar& value)>;

// None if `text` is exactly one value in canonical form; else what is not, with its offset.
std::optional<std::string> CanonicalObjection(std::string_view text, const JsonVisitor& visit);

}  // namespace paliad::ledger

#endif  // PALIAD_LEDGER_CANONICAL_SCAN_H_
