#include <algorithm>
#include <cctype>

#include "controller/forge/forge.h"

namespace paliad::forge {

bool SameLogin(std::string_view one, std::string_view other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

}  // namespace paliad::forge
