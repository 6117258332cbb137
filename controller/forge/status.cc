#include "base/sha256.h"
#include "controller/forge/forge.h"

namespace paliad::forge {
namespace {

constexpr std::size_t kMaxContext = 255;
constexpr std::size_t kDigits = 12;

}  // namespace

std::string_view StatusStateName(StatusState state) {
  switch (state) {
    case StatusState::kPending:
      return "pending";
    case StatusState::kSuccess:
      return "success";
    case StatusState::kFailure:
      return "failure";
    case StatusState::kError:
      return "error";
  }
  return "";
}

std::string StatusContext(std::string_view context) {
  if (context.size() <= kMaxContext) {
    return std::string(context);
  }
  std::size_t end = kMaxContext - kDigits - 1;
  while (end > 0 && (static_cast<unsigned char>(context[end]) & 0xC0) == 0x80) {
    --end;  // not within a character
  }
  return std::string(context.substr(0, end)) + "-" + Sha256Hex(context).substr(0, kDigits);
}

}  // namespace paliad::forge
