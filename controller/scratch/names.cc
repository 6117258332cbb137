#include "controller/scratch/names.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <iterator>
#include <system_error>

#include "base/text.h"

namespace paliad::scratch {
namespace {

constexpr std::size_t kTimeDigits = 14;
constexpr std::size_t kRandomDigits = 16;
constexpr std::size_t kDigestDigits = 24;

// "20260520103800" of "2026-05-20T10:38:00.000000Z".
std::string CompactUtc(WallTime now) {
  std::string digits;
  const std::string utc = FormatUtc(now);
  std::copy_if(utc.begin(), utc.end(), std::back_inserter(digits),
               [](unsigned char c) { return std::isdigit(c) != 0; });
  return digits.substr(0, kTimeDigits);
}

}  // namespace

std::string MakeRunName(RunNameKind kind, WallTime now) {
  return fmt::format("paliad_dry_{}_{}_{}", kind == RunNameKind::kClone ? 'c' : 'b', CompactUtc(now),
                     RandomHex().substr(0, kRandomDigits));
}

std::string TemplateName(std::string_view digest) {
  return fmt::format("paliad_dry_t_{}", digest.substr(0, kDigestDigits));
}

std::string RandomHex() {
  std::array<char, 16> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw std::system_error(errno, std::generic_category(), "getrandom");
  }
  return HexEncode({bytes.data(), bytes.size()});
}

}  // namespace paliad::scratch
