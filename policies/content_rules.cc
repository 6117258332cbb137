// unreadable: bytes that must not be parsed or sent.
#include <fmt/format.h>

#include "base/text.h"
#include "policies/file_findings.h"
#include "policies/rules.h"

namespace paliad {
namespace {

constexpr std::string_view kUnreadable = "unreadable";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md, "The Pointer"
constexpr std::string_view kLfsPointer = "version https://git-lfs.github.com/spec/";

bool IsUtf16(std::string_view text) { return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"); }

}  // namespace

std::vector<Finding> CheckOversized(const Migration& migration, std::uint64_t size) {
  Finding finding =
      MakeFinding(kUnreadable, migration.path,
                  fmt::format("the file has {:.1f} MiB, and {} MiB is the most",
                              static_cast<double>(size) / (1 << 20), kMaxFileBytes >> 20),
                  "split it into several migrations, or load the data by other means than a migration");
  finding.version = migration.version;
  return {std::move(finding)};
}

std::vector<Finding> CheckContents(const Migration& migration, std::string_view text) {
  FileFindings findings(migration, text, DefaultPolicy());
  std::size_t bad_byte = 0;
  if (text.starts_with(kLfsPointer)) {
    findings.Add(kUnreadable, 0, "the file is a pointer to Git LFS, not SQL",
                 "keep migrations in git itself: `git lfs untrack` the pattern and commit the file again");
  } else if (IsUtf16(text)) {
    findings.Add(kUnreadable, 0, "the file is UTF-16, not UTF-8",
                 "save it as UTF-8 without a byte-order mark");
  } else {
    if (text.starts_with(kByteOrderMark)) {
      findings.Add(kUnreadable, 0, "the file begins with a byte-order mark, which PostgreSQL takes for SQL",
                   "save it as UTF-8 without a byte-order mark");
    }
    if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
      findings.Add(kUnreadable, nul,
                   "there is a NUL byte here; a server would see nothing of what follows it",
                   "remove it; if this is a binary file, it is no migration");
    }
    if (!IsValidUtf8(text, &bad_byte)) {
      findings.Add(
          kUnreadable, bad_byte,
          fmt::format("the byte 0x{:02x} here is not UTF-8", static_cast<unsigned char>(text[bad_byte])),
          "save the file as UTF-8");
    }
  }
  return std::move(findings).Take();
}

}  // namespace paliad
