// What SqlJudge and its child say to each other: frames of a length (8 bytes, little endian) and that many
// bytes. First one frame with the policy; then, for each file, two with its name and its text, and one back
// with its findings. Both ends are one binary, so nothing of it is persisted.
#ifndef PALIAD_CONTROLLER_CHECK_JUDGE_MESSAGE_H_
#define PALIAD_CONTROLLER_CHECK_JUDGE_MESSAGE_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/finding.h"
#include "policies/policy.h"

namespace paliad {

// A frame of more than this is refused: a child that went wrong could ask for any amount of memory.
inline constexpr std::size_t kMaxFrame = std::size_t{64} << 20;

using SteadyPoint = std::chrono::steady_clock::time_point;

// False if the peer is gone, or the deadline passes. Works on sockets; no deadline waits for ever.
bool WriteFrame(int socket, std::string_view bytes, std::optional<SteadyPoint> deadline = std::nullopt);

// Nothing at the stream's end, past the deadline, and for a frame that is too large.
std::optional<std::string> ReadFrame(int socket, std::optional<SteadyPoint> deadline = std::nullopt);

struct JudgeSetup {
  Policy policy;  // the rules only
  std::string tracker;
};
std::string EncodeSetup(const Policy& policy, const std::string& tracker);
JudgeSetup DecodeSetup(const std::string& frame);

// Without path and version, which the parent knows. DecodeFindings has nothing for what is malformed, or of a
// rule that there is not: a child that a stranger's file got hold of may say anything.
std::string EncodeFindings(const std::vector<Finding>& findings);
std::optional<std::vector<Finding>> DecodeFindings(const std::string& frame);

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_CHECK_JUDGE_MESSAGE_H_
