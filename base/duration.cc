#include "base/duration.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>

namespace paliad {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};

constexpr std::array<Unit, 4> kUnits = {{{"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::string_view kNotADuration = "it is not a number with one of the units ms, s, m, h";
constexpr std::int64_t kMaxMilliseconds = std::int64_t{100} * 24 * 3'600'000;

}  // namespace

Result<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  const auto fail = [&](std::string_view cause) {
    return Fail({.kind = ErrorKind::kInvalidInput,
                 .doing = "read the duration",
                 .subject = fmt::format("'{}'", text),
                 .cause = std::string(cause),
                 .hint = "write for example 500ms, 30s, 5m or 1h"});
  };
  if (text == "0") {
    return std::chrono::milliseconds(0);
  }
  if (text.empty() || text.front() < '0' || text.front() > '9') {
    return fail(kNotADuration);
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, text.data() + text.size());
  for (const Unit& known : kUnits) {
    if (unit == known.name) {
      return error == std::errc() && number <= kMaxMilliseconds / known.milliseconds
                 ? Result<std::chrono::milliseconds>(number * known.milliseconds)
                 : fail("it is longer than 100 days");
    }
  }
  return fail(kNotADuration);
}

std::string FormatDuration(std::chrono::milliseconds duration) {
  if (duration.count() == 0) {
    return "0";
  }
  for (const Unit& unit : kUnits) {
    if (duration.count() % unit.milliseconds == 0) {
      return fmt::format("{}{}", duration.count() / unit.milliseconds, unit.name);
    }
  }
  return fmt::format("{}ms", duration.count());
}

}  // namespace paliad
