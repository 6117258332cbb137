// JSON by nlohmann. A heavy header: include it in .cc files only; headers take <nlohmann/json_fwd.hpp>
// through base/json_fwd.h.
#ifndef PALIAD_BASE_JSON_H_
#define PALIAD_BASE_JSON_H_

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/json_fwd.h"
#include "base/result.h"

namespace paliad {

// RFC 8785 (JCS), restricted to what needs no canonical numbers: objects with ASCII keys, arrays,
// strings, booleans, null, and integers below 2^53 in magnitude. Returns kInternal for anything
// else (a float, a large integer, a key that is not ASCII, a string that is not UTF-8).
[[nodiscard]] Result<std::string> CanonicalJson(const Json& value);

// For people and scripts: keys in the order they were added, strings that are not UTF-8 repaired.
// `indent` < 0 gives one line.
std::string DumpJson(const OrderedJson& value, int indent = -1);

// kInvalidInput with the parser's message.
[[nodiscard]] Result<Json> ParseJson(std::string_view text);

}  // namespace paliad

#endif  // PALIAD_BASE_JSON_H_
