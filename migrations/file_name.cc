#include "migrations/file_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>
#include <optional>

#include "base/text.h"

namespace paliad {
namespace {

constexpr std::string_view kUpSuffix = ".up.sql";
constexpr std::string_view kDownSuffix = ".down.sql";

// Names are any bytes from a repository; a reason shows this much of one.
constexpr std::size_t kMaxShownBytes = 120;

// <cctype> depends on the locale; file names must not.
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string Lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), ToLower);
  return out;
}

// C0, DEL and C1. REQUIRES: valid UTF-8, where C1 is always C2 80 … C2 9F.
bool HasControlCharacter(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const bool c1 = byte == 0xC2 && static_cast<unsigned char>(text[at + 1]) < 0xA0;
    if (byte < 0x20 || byte == 0x7F || c1) {
      return true;
    }
  }
  return false;
}

// "up", "sql", "psql": what the parts of a migration's name between dots begin with.
bool IsMigrationWord(std::string_view part) {
  constexpr std::array<std::string_view, 5> kWords = {"up", "down", "sql", "psql", "pgsql"};
  const auto end = std::find_if(part.begin(), part.end(), [](char c) { return c < 'a' || c > 'z'; });
  const std::string_view word = part.substr(0, end - part.begin());
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

// Whether somebody who wrote `name` wanted a migration: any *.sql, and names such as "012_x.up" and
// "012_x.up.sql.orig", but not "2020-backup.md".
bool LooksLikeMigration(std::string_view name) {
  const std::string lower = Lowered(name);
  std::string_view rest = lower;
  if (rest.ends_with(".sql")) {
    return true;
  }
  if (rest.starts_with('-') || rest.starts_with('+')) {
    rest.remove_prefix(1);
  }
  if (rest.empty() || !IsDigit(rest.front())) {
    return false;
  }
  for (std::size_t dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.', dot + 1)) {
    if (IsMigrationWord(rest.substr(dot + 1))) {
      return true;
    }
  }
  return false;
}

// `name` without what looks like its suffix in any case: "0107_x.UP.SQL" → {"0107_x", ".up.sql"},
// "12-add.sql" → {"12-add", ".up.sql"}.
struct Stem {
  std::string_view text;
  std::string_view suffix;  // what it should be
  bool exact = false;       // and is
};

std::optional<Stem> SplitSuffix(std::string_view name) {
  const std::string lower = Lowered(name);
  for (const std::string_view suffix : {kUpSuffix, kDownSuffix}) {
    if (lower.ends_with(suffix)) {
      return Stem{name.substr(0, name.size() - suffix.size()), suffix, name.ends_with(suffix)};
    }
  }
  if (lower.ends_with(".sql")) {
    return Stem{name.substr(0, name.size() - 4), kUpSuffix, false};
  }
  return std::nullopt;
}

FileName Refuse(FileNameKind kind, std::string reason) {
  return {.kind = kind, .version = 0, .description = "", .reason = std::move(reason)};
}

FileName Malformed(std::string reason) { return Refuse(FileNameKind::kMalformed, std::move(reason)); }

// The name that was probably meant: "12-add" → "12_add".
std::string Suggestion(std::string_view digits, std::string_view rest, std::string_view suffix) {
  while (!rest.empty() &&
         (rest.front() == '_' || rest.front() == '-' || rest.front() == '.' || rest.front() == ' ')) {
    rest.remove_prefix(1);
  }
  return Truncate(
      fmt::format("{}_{}{}", digits.empty() ? "NNN" : digits, rest.empty() ? "description" : rest, suffix),
      kMaxShownBytes);
}

FileName OutOfRange(std::string_view digits) {
  if (digits.find_first_not_of('0') == std::string_view::npos) {
    return Refuse(FileNameKind::kVersionRange, "the version is 0; versions start at 1");
  }
  return Refuse(FileNameKind::kVersionRange,
                fmt::format("the version {} is larger than {}, the largest int of PostgreSQL: use the next "
                            "number of the sequence, not a timestamp",
                            Truncate(digits, 40), std::numeric_limits<Version>::max()));
}

// None if it does not fit. REQUIRES: only digits.
std::optional<Version> ParseVersion(std::string_view digits) {
  std::int64_t value = 0;
  for (const char digit : digits) {
    value = value * 10 + (digit - '0');
    if (value > std::numeric_limits<Version>::max()) {
      return std::nullopt;
    }
  }
  return value >= 1 ? std::optional(static_cast<Version>(value)) : std::nullopt;
}

// REQUIRES: LooksLikeMigration(name).
FileName ParseCandidate(std::string_view name) {
  const std::optional<Stem> stem = SplitSuffix(name);
  if (!stem) {
    return Malformed(
        "it starts like a migration but does not end in \".up.sql\" or \".down.sql\": rename it, "
        "delete it, or add it to the policy's `ignore`");
  }
  std::string_view rest = stem->text;
  const bool sign = rest.starts_with('-') || rest.starts_with('+');
  if (sign) {
    rest.remove_prefix(1);
  }
  const std::size_t count = std::find_if_not(rest.begin(), rest.end(), IsDigit) - rest.begin();
  const std::string_view digits = rest.substr(0, count);
  rest.remove_prefix(count);
  const std::string meant = Suggestion(digits, rest, stem->suffix);
  if (digits.empty()) {
    return Malformed(
        fmt::format("it does not start with a version, which is digits only: write \"{}\"", meant));
  }
  if (sign) {
    return Malformed(fmt::format("a version has no sign: write \"{}\"", meant));
  }
  if (!rest.starts_with('_')) {
    return Malformed(
        fmt::format("the version must be followed by \"_\" and a description: write \"{}\"", meant));
  }
  if (rest.size() == 1) {
    return Malformed(
        fmt::format("the description between \"_\" and the suffix is empty: write \"{}\"", meant));
  }
  const std::string_view description = rest.substr(1);
  if (!stem->exact) {
    return Malformed(
        fmt::format("the suffix must be exactly \"{}\", in lower case: write \"{}\"", stem->suffix, meant));
  }
  const std::optional<Version> version = ParseVersion(digits);
  if (!version) {
    return OutOfRange(digits);
  }
  return {.kind = stem->suffix == kUpSuffix ? FileNameKind::kUp : FileNameKind::kDown,
          .version = *version,
          .description = std::string(description),
          .reason = ""};
}

}  // namespace

FileName ParseFileName(std::string_view name) {
  if (!IsValidUtf8(name)) {
    return Malformed("the name is not valid UTF-8: rename the file");
  }
  if (HasControlCharacter(name)) {
    return Malformed("the name holds a control character: rename the file");
  }
  if (name.starts_with('.')) {
    return Refuse(FileNameKind::kIgnored, "hidden file");
  }
  if (!LooksLikeMigration(name)) {
    return Refuse(FileNameKind::kIgnored, "not a migration file name");
  }
  return ParseCandidate(name);
}

std::string FormatUpFileName(Version version, int width, std::string_view description) {
  assert(version > 0 && width >= 0);
  return fmt::format("{:0{}}_{}{}", version, width, description, kUpSuffix);
}

}  // namespace paliad
