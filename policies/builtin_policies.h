// default.toml and strict.toml as they are in this folder, embedded at build time.
#ifndef PALIAD_POLICIES_BUILTIN_POLICIES_H_
#define PALIAD_POLICIES_BUILTIN_POLICIES_H_

#include <string_view>

namespace paliad {

extern const std::string_view kDefaultPolicyText;
extern const std::string_view kStrictPolicyText;

}  // namespace paliad

#endif  // PALIAD_POLICIES_BUILTIN_POLICIES_H_
