// `unreadable`: bytes that cannot be a migration. They never reach the parser or the server.
#include <fmt/format.h>

#include "base/line_index.h"
#include "base/text.h"
#include "policies/rules.h"

namespace paliad {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
// https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
constexpr std::string_view kLfsPointer = "version https://git-lfs.github.com/spec/";

Finding Unreadable(const Migration& migration, std::string_view text, std::size_t offset, std::string message,
                   std::string hint) {
  const Position at = LineIndex(text).AtByte(offset);
  return {.rule = "unreadable",
          .severity = DefaultSeverity("unreadable"),
          .path = migration.path,
          .line = at.line,
          .column = at.column,
          .version = migration.version,
          .message = std::move(message),
          .hint = std::move(hint)};
}

}  // namespace

std::vector<Finding> CheckOversized(const Migration& migration, std::uint64_t size) {
  return {Unreadable(migration, "", 0,
                     fmt::format("the file has {} bytes; {} MiB is the most", size, kMaxFileBytes >> 20),
                     "split it into several migrations")};
}

std::vector<Finding> CheckContents(const Migration& migration, std::string_view text) {
  if (text.starts_with(kByteOrderMark)) {
    return {Unreadable(migration, text, 0,
                       "the file begins with a byte-order mark, which PostgreSQL does not take",
                       "save it as UTF-8 without a byte-order mark")};
  }
  if (text.starts_with(kLfsPointer)) {
    return {Unreadable(migration, text, 0, "the file is a Git LFS pointer, not SQL",
                       "take *.sql out of .gitattributes' filter=lfs and commit the file itself")};
  }
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return {Unreadable(migration, text, nul, "the file holds a NUL byte: what follows it would never be sent",
                       "remove it; the file may be UTF-16, then save it as UTF-8")};
  }
  if (std::size_t bad = 0; !IsValidUtf8(text, &bad)) {
    return {Unreadable(migration, text, bad,
                       fmt::format("byte 0x{} is not UTF-8", HexEncode(text.substr(bad, 1))),
                       "save the file as UTF-8")};
  }
  return {};
}

}  // namespace paliad
