// The grammar of migration file names:
//
//   name        = version "_" description suffix
//   version     = 1*DIGIT            ; value 1 … 2147483647; 007, 07 and 7 are one version
//   description = 1*( any UTF-8 character but control characters )
//   suffix      = ".up.sql" / ".down.sql"     ; case-sensitive
//
// Pure.
#ifndef PALIAD_MIGRATIONS_FILE_NAME_H_
#define PALIAD_MIGRATIONS_FILE_NAME_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace paliad {

using Version = std::int32_t;  // PostgreSQL's int, the tracker's type; > 0

enum class FileNameKind {
  kUp,            // a migration
  kDown,          // its reverse: kept for reference, never run
  kIgnored,       // not meant to be one: README.md, a dotfile
  kMalformed,     // looks meant to be one and is not
  kVersionRange,  // a well-formed name whose version is outside 1 … 2147483647
};

struct FileName {
  FileNameKind kind = FileNameKind::kIgnored;
  Version version = 0;      // kUp and kDown only
  std::string description;  // kUp and kDown only; kept as it is
  std::string reason;       // kIgnored, kMalformed, kVersionRange: why, for people
};

// `name` is one path component, any bytes.
FileName ParseFileName(std::string_view name);

// "0012_add_office.up.sql"; the version is padded with zeros to `width` digits.
std::string FormatUpFileName(Version version, int width, std::string_view description);

}  // namespace paliad

#endif  // PALIAD_MIGRATIONS_FILE_NAME_H_
