#include "base/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace paliad {
namespace {

constexpr std::int64_t kMaxInteger = (std::int64_t{1} << 53) - 1;

// Empty if `value` is within the restricted form; else what is not.
std::string Objection(const Json& value) {
  switch (value.type()) {
    case Json::value_t::object:
      for (const auto& [key, member] : value.items()) {
        if (!std::all_of(key.begin(), key.end(), [](char c) { return c >= 0x20 && c < 0x7F; })) {
          return "a key that is not ASCII";
        }
        if (std::string inner = Objection(member); !inner.empty()) {
          return inner;
        }
      }
      return "";
    case Json::value_t::array:
      for (const Json& member : value) {
        if (std::string inner = Objection(member); !inner.empty()) {
          return inner;
        }
      }
      return "";
    case Json::value_t::number_unsigned:
      return value.get<std::uint64_t>() > static_cast<std::uint64_t>(kMaxInteger) ? "an integer past 2^53"
                                                                                  : "";
    case Json::value_t::number_integer:
      // Also what was stored as signed and is positive.
      return value.get<std::int64_t>() < -kMaxInteger || value.get<std::int64_t>() > kMaxInteger
                 ? "an integer past 2^53"
                 : "";
    case Json::value_t::string:
    case Json::value_t::boolean:
    case Json::value_t::null:
      return "";
    case Json::value_t::number_float:
      return "a number with a fraction";
    case Json::value_t::binary:
    case Json::value_t::discarded:
      return "a value that JSON does not have";
  }
  return "a value of unknown type";
}

}  // namespace

Result<std::string> CanonicalJson(const Json& value) {
  const auto fail = [](std::string cause) {
    return Fail({.kind = ErrorKind::kInternal,
                 .doing = "write canonical JSON",
                 .subject = "",
                 .cause = std::move(cause),
                 .hint = ""});
  };
  if (std::string objection = Objection(value); !objection.empty()) {
    return fail(std::move(objection));
  }
  try {
    // For this subset nlohmann's compact form is RFC 8785's: members sorted by key (byte order and
    // UTF-16 order agree on ASCII), the short escapes of section 3.2.2.2, \u00xx in lower case.
    return value.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::strict);
  } catch (const nlohmann::json::exception& e) {
    return fail(e.what());
  }
}

std::string DumpJson(const OrderedJson& value, int indent) {
  return value.dump(indent, ' ', /*ensure_ascii=*/false, OrderedJson::error_handler_t::replace);
}

Result<Json> ParseJson(std::string_view text) {
  try {
    return Json::parse(text);
  } catch (const nlohmann::json::exception& e) {
    return Fail({.kind = ErrorKind::kInvalidInput,
                 .doing = "read JSON",
                 .subject = "",
                 .cause = e.what(),
                 .hint = ""});
  }
}

}  // namespace paliad
