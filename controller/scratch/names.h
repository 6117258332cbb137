// The names of what a dry run makes on a scratch server. A name tells whose it is and how old, so that a
// later run can sweep what an earlier one left behind:
//
//   clone    = "paliad_dry_c_" 14DIGIT "_" 16HEX     ; made at (UTC, yyyymmddhhmmss), and a random number
//   build    = "paliad_dry_b_" 14DIGIT "_" 16HEX     ; a template that is being made
//   template = "paliad_dry_t_" 24HEX                 ; of the digest of what is in it
//
// A database and the role that owns what is in it have the same name. Pure, but for MakeRunName.
#ifndef PALIAD_CONTROLLER_SCRATCH_NAMES_H_
#define PALIAD_CONTROLLER_SCRATCH_NAMES_H_

#include <string>
#include <string_view>

#include "base/clock.h"

namespace paliad::scratch {

enum class RunNameKind { kClone, kBuild };

// A name that nobody has used.
std::string MakeRunName(RunNameKind kind, WallTime now);

// `digest` is hex, at least 24 digits of it.
std::string TemplateName(std::string_view digest);

// Regular expressions (PostgreSQL's) that match nothing else.
inline constexpr char kRunNamePattern[] = "^paliad_dry_[bc]_[0-9]{14}_[0-9a-f]{16}$";
inline constexpr char kTemplateNamePattern[] = "^paliad_dry_t_[0-9a-f]{24}$";

// 32 hex digits from the operating system's generator. Throws std::system_error if it fails.
std::string RandomHex();

}  // namespace paliad::scratch

#endif  // PALIAD_CONTROLLER_SCRATCH_NAMES_H_
