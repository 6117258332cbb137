#include "controller/forge/json_fields.h"

#include <algorithm>
#include <charconv>

#include "base/json.h"
#include "base/utc_time.h"

namespace paliad::forge {
namespace {

constexpr std::size_t kCommitDigits = 40;

// Null if it is not there.
const Json* Find(const Json& json, std::string_view path) {
  const Json* at = &json;
  while (true) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    const auto found = at->is_object() ? at->find(std::string(path.substr(0, dot))) : at->end();
    if (found == at->end()) {
      return nullptr;
    }
    if (dot == path.size()) {
      return &*found;
    }
    at = &*found;
    path.remove_prefix(dot + 1);
  }
}

}  // namespace

std::string TextAt(const Json& json, std::string_view path) {
  const Json* found = Find(json, path);
  return found != nullptr && found->is_string() ? found->get<std::string>() : "";
}

std::optional<std::int64_t> NumberAt(const Json& json, std::string_view path) {
  const Json* found = Find(json, path);
  if (found == nullptr) {
    return std::nullopt;
  }
  if (found->is_number_integer()) {
    return found->get<std::int64_t>();
  }
  const std::string text = found->is_string() ? found->get<std::string>() : "";
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

bool FlagAt(const Json& json, std::string_view path) {
  const Json* found = Find(json, path);
  return found != nullptr && found->is_boolean() && found->get<bool>();
}

std::optional<WallTime> TimeAt(const Json& json, std::string_view path) {
  const Result<WallTime> time = ParseUtc(TextAt(json, path));
  return time ? std::optional(*time) : std::nullopt;
}

std::string CommitAt(const Json& json, std::string_view path) {
  const std::string text = TextAt(json, path);
  const bool good = text.size() == kCommitDigits && std::all_of(text.begin(), text.end(), [](char c) {
                      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                    });
  return good ? text : "";
}

}  // namespace paliad::forge
