// Fields of a forge's answers, by paths such as "head.repo.id". Forges leave fields out, send null for them,
// and write numbers as text: none of that is an error here. Pure.
#ifndef PALIAD_CONTROLLER_FORGE_JSON_FIELDS_H_
#define PALIAD_CONTROLLER_FORGE_JSON_FIELDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json_fwd.h"

namespace paliad::forge {

// "" where it is no text.
std::string TextAt(const Json& json, std::string_view path);

// A whole number, or text that is one.
std::optional<std::int64_t> NumberAt(const Json& json, std::string_view path);

// False where it is not `true`.
bool FlagAt(const Json& json, std::string_view path);

// RFC 3339.
std::optional<WallTime> TimeAt(const Json& json, std::string_view path);

// 40 hex digits in lower case, else "".
std::string CommitAt(const Json& json, std::string_view path);

}  // namespace paliad::forge

#endif  // PALIAD_CONTROLLER_FORGE_JSON_FIELDS_H_
