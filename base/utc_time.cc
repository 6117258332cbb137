#include "base/utc_time.h"

#include <fmt/format.h>

#include <optional>
#include <string>

namespace paliad {
namespace {

// Takes what it reads from the front of the text; false or none leaves it in any state.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool AtEnd() const { return text_.empty(); }

  bool Take(char expected) {
    if (text_.empty() || text_.front() != expected) {
      return false;
    }
    text_.remove_prefix(1);
    return true;
  }

  // Exactly so many digits, at most `max` as a number.
  std::optional<int> Digits(std::size_t count, int max) {
    int number = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (i >= text_.size() || text_[i] < '0' || text_[i] > '9') {
        return std::nullopt;
      }
      number = number * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(count);
    return number <= max ? std::optional(number) : std::nullopt;
  }

  // One to six digits behind a decimal point.
  std::optional<std::chrono::microseconds> Decimals() {
    int microseconds = 0;
    int scale = 1'000'000;
    while (scale > 1 && !text_.empty() && text_.front() >= '0' && text_.front() <= '9') {
      scale /= 10;
      microseconds += (text_.front() - '0') * scale;
      text_.remove_prefix(1);
    }
    return scale < 1'000'000 ? std::optional(std::chrono::microseconds(microseconds)) : std::nullopt;
  }

 private:
  std::string_view text_;
};

std::optional<std::chrono::sys_days> ScanDate(Scanner& scanner) {
  const auto year = scanner.Digits(4, 9999);
  if (!year || !scanner.Take('-')) {
    return std::nullopt;
  }
  const auto month = scanner.Digits(2, 12);
  if (!month || !scanner.Take('-')) {
    return std::nullopt;
  }
  const auto day = scanner.Digits(2, 31);
  if (!day) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  return date.ok() ? std::optional(std::chrono::sys_days(date)) : std::nullopt;
}

std::optional<std::chrono::minutes> ScanHoursAndMinutes(Scanner& scanner) {
  const auto hours = scanner.Digits(2, 23);
  if (!hours || !scanner.Take(':')) {
    return std::nullopt;
  }
  const auto minutes = scanner.Digits(2, 59);
  return minutes ? std::optional(std::chrono::hours(*hours) + std::chrono::minutes(*minutes)) : std::nullopt;
}

std::optional<std::chrono::microseconds> ScanTimeOfDay(Scanner& scanner) {
  const auto minutes = ScanHoursAndMinutes(scanner);
  if (!minutes) {
    return std::nullopt;
  }
  std::chrono::microseconds time = *minutes;
  if (!scanner.Take(':')) {
    return time;
  }
  const auto seconds = scanner.Digits(2, 59);
  if (!seconds) {
    return std::nullopt;
  }
  time += std::chrono::seconds(*seconds);
  if (!scanner.Take('.')) {
    return time;
  }
  const auto decimals = scanner.Decimals();
  return decimals ? std::optional(time + *decimals) : std::nullopt;
}

// What is to be taken off to have UTC.
std::optional<std::chrono::minutes> ScanZone(Scanner& scanner) {
  if (scanner.AtEnd() || scanner.Take('Z')) {
    return std::chrono::minutes(0);
  }
  const bool is_east = scanner.Take('+');
  if (!is_east && !scanner.Take('-')) {
    return std::nullopt;
  }
  const auto offset = ScanHoursAndMinutes(scanner);
  return offset ? std::optional(is_east ? *offset : -*offset) : std::nullopt;
}

std::optional<WallTime> Scan(std::string_view text) {
  Scanner scanner(text);
  const auto date = ScanDate(scanner);
  if (!date || scanner.AtEnd()) {
    return date;
  }
  if (!scanner.Take('T') && !scanner.Take(' ')) {
    return std::nullopt;
  }
  const auto time = ScanTimeOfDay(scanner);
  if (!time) {
    return std::nullopt;
  }
  const auto zone = ScanZone(scanner);
  return zone && scanner.AtEnd() ? std::optional(WallTime(*date) + *time - *zone) : std::nullopt;
}

}  // namespace

Result<WallTime> ParseUtc(std::string_view text) {
  if (const auto time = Scan(text)) {
    return *time;
  }
  return Fail({.kind = ErrorKind::kInvalidInput,
               .doing = "read the time",
               .subject = fmt::format("'{}'", text),
               .cause = "it is neither a date nor a date with a time",
               .hint = "write for example 2026-04-01, 2026-04-01T10:38:00Z or 2026-04-01T12:38:00+02:00; "
                       "without a zone it is UTC"});
}

}  // namespace paliad
