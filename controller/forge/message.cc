#include "controller/forge/message.h"

#include <fmt/format.h>

#include <optional>
#include <type_traits>

#include "base/json.h"
#include "base/text.h"

namespace paliad::forge {
namespace {

constexpr StatusState kStates[] = {StatusState::kPending, StatusState::kSuccess, StatusState::kFailure,
                                   StatusState::kError};

// Strangers' names reach descriptions and comments.
std::string Clean(const std::string& text) { return ToValidUtf8(text); }

OrderedJson ToJson(const CommitStatus& status) {
  return {{"what", "status"},
          {"commit", status.commit},
          {"context", Clean(status.context)},
          {"state", StatusStateName(status.state)},
          {"description", Clean(status.description)},
          {"target_url", Clean(status.target_url)},
          {"status_project", Clean(status.status_project)}};
}

OrderedJson ToJson(const CommentMessage& comment) {
  return {{"what", "comment"},
          {"number", comment.number},
          {"marker", Clean(comment.marker)},
          {"body", Clean(comment.body)},
          {"only_existing", comment.only_existing}};
}

std::optional<StatusState> StateOf(const std::string& name) {
  for (const StatusState state : kStates) {
    if (StatusStateName(state) == name) {
      return state;
    }
  }
  return std::nullopt;
}

Error Malformed(std::string cause) {
  return {.kind = ErrorKind::kCorruption,
          .doing = "read feedback that waits for the forge",
          .subject = "",
          .cause = std::move(cause),
          .hint = "a newer version of the program may have written it"};
}

Message FromJson(const Json& json) {
  if (json.at("what") == "comment") {
    return CommentMessage{.number = json.at("number"),
                          .marker = json.at("marker"),
                          .body = json.at("body"),
                          .only_existing = json.at("only_existing")};
  }
  return CommitStatus{.commit = json.at("commit"),
                      .context = json.at("context"),
                      .state = StateOf(json.at("state")).value(),
                      .description = json.at("description"),
                      .target_url = json.at("target_url"),
                      .status_project = json.at("status_project")};
}

}  // namespace

std::string EncodeMessage(const Message& message) {
  return std::visit([](const auto& each) { return DumpJson(ToJson(each)); }, message);
}

Result<Message> DecodeMessage(std::string_view text) {
  ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  try {
    return FromJson(json);
  } catch (const Json::exception& error) {
    return Fail(Malformed(error.what()));
  } catch (const std::bad_optional_access&) {
    return Fail(Malformed("there is no such state"));
  }
}

Answer<std::int64_t> Send(Forge& forge, const Message& message, std::int64_t known) {
  if (const auto* status = std::get_if<CommitStatus>(&message)) {
    return forge.SetStatus(*status).map([] { return std::int64_t{0}; });
  }
  const auto& comment = std::get<CommentMessage>(message);
  return forge.KeepComment(comment.number, comment.marker, comment.body, known, comment.only_existing);
}

std::string SlotOf(const Message& message) {
  if (const auto* status = std::get_if<CommitStatus>(&message)) {
    return fmt::format("status {} {}", status->commit, Clean(status->context));
  }
  return fmt::format("comment {}", std::get<CommentMessage>(message).number);
}

}  // namespace paliad::forge
