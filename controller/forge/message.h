// What waits for a forge, as text: the payload of paliad_controller.feedback. Persisted: a field is never
// renamed.
#ifndef PALIAD_CONTROLLER_FORGE_MESSAGE_H_
#define PALIAD_CONTROLLER_FORGE_MESSAGE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "controller/forge/forge.h"

namespace paliad::forge {

// See Forge::KeepComment.
struct CommentMessage {
  std::int64_t number = 0;  // of the pull request
  std::string marker;
  std::string body;
  bool only_existing = false;
};

using Message = std::variant<CommitStatus, CommentMessage>;

// UTF-8 without NUL, whatever the message holds.
std::string EncodeMessage(const Message& message);

// kCorruption for anything that EncodeMessage does not make.
[[nodiscard]] Result<Message> DecodeMessage(std::string_view text);

// Takes it to the forge: the id of the comment, or 0. `known` as Forge::KeepComment.
[[nodiscard]] Answer<std::int64_t> Send(Forge& forge, const Message& message, std::int64_t known);

// What is told where: of two messages with one slot, the newer one counts.
std::string SlotOf(const Message& message);

}  // namespace paliad::forge

#endif  // PALIAD_CONTROLLER_FORGE_MESSAGE_H_
