#include "controller/check/judge_message.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

#include "base/json.h"
#include "policies/rules.h"

namespace paliad {
namespace {

// Waits until the socket is ready; false past the deadline.
bool WaitFor(int socket, short events, const std::optional<SteadyPoint>& deadline) {
  for (;;) {
    int timeout = -1;
    if (deadline) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(*deadline - std::chrono::steady_clock::now());
      timeout = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000));
    }
    pollfd watched = {socket, events, 0};
    const int ready = ::poll(&watched, 1, timeout);
    if (ready > 0) {
      return true;
    }
    if (ready == 0 || errno != EINTR) {
      return false;
    }
  }
}

bool WriteAll(int socket, std::string_view bytes, const std::optional<SteadyPoint>& deadline) {
  while (!bytes.empty()) {
    if (!WaitFor(socket, POLLOUT, deadline)) {
      return false;
    }
    const ssize_t count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) {
      return false;
    }
  }
  return true;
}

bool ReadAll(int socket, char* to, std::size_t size, const std::optional<SteadyPoint>& deadline) {
  for (std::size_t at = 0; at < size;) {
    if (!WaitFor(socket, POLLIN, deadline)) {
      return false;
    }
    const ssize_t count = ::recv(socket, to + at, size - at, MSG_DONTWAIT);
    if (count > 0) {
      at += static_cast<std::size_t>(count);
    } else if (count == 0 || (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK)) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool WriteFrame(int socket, std::string_view bytes, std::optional<SteadyPoint> deadline) {
  std::array<char, 8> length;
  for (std::size_t i = 0; i < length.size(); ++i) {
    length[i] = static_cast<char>(std::uint64_t{bytes.size()} >> (8 * i));
  }
  return WriteAll(socket, {length.data(), length.size()}, deadline) && WriteAll(socket, bytes, deadline);
}

std::optional<std::string> ReadFrame(int socket, std::optional<SteadyPoint> deadline) {
  std::array<char, 8> length;
  if (!ReadAll(socket, length.data(), length.size(), deadline)) {
    return std::nullopt;
  }
  std::uint64_t size = 0;
  for (std::size_t i = 0; i < length.size(); ++i) {
    size |= std::uint64_t{static_cast<unsigned char>(length[i])} << (8 * i);
  }
  if (size > kMaxFrame) {
    return std::nullopt;
  }
  std::string bytes(size, '\0');
  return ReadAll(socket, bytes.data(), bytes.size(), deadline) ? std::optional(std::move(bytes))
                                                               : std::nullopt;
}

std::string EncodeSetup(const Policy& policy, const std::string& tracker) {
  Json rules = Json::object();
  for (const auto& [id, setting] : policy.rules) {
    rules[id] = {static_cast<int>(setting.severity), setting.waivable};
  }
  return Json{{"rules", std::move(rules)}, {"tracker", tracker}}.dump();
}

JudgeSetup DecodeSetup(const std::string& frame) {
  const Json json = Json::parse(frame);
  JudgeSetup setup;
  for (const auto& [id, setting] : json.at("rules").items()) {
    setup.policy.rules[id] = {.severity = static_cast<Severity>(setting.at(0).get<int>()),
                              .waivable = setting.at(1).get<bool>()};
  }
  setup.tracker = json.at("tracker");
  return setup;
}

std::string EncodeFindings(const std::vector<Finding>& findings) {
  Json list = Json::array();
  for (const Finding& finding : findings) {
    list.push_back({{"rule", finding.rule},
                    {"severity", static_cast<int>(finding.severity)},
                    {"line", finding.line},
                    {"column", finding.column},
                    {"message", finding.message},
                    {"hint", finding.hint},
                    {"waiver", finding.waiver ? Json(*finding.waiver) : Json(nullptr)},
                    {"source_line", finding.source_line}});
  }
  // A message may quote bytes that were cut in the middle of a character.
  return list.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<std::vector<Finding>> DecodeFindings(const std::string& frame) try {
  std::vector<Finding> findings;
  for (const Json& json : Json::parse(frame)) {
    Finding finding;
    finding.rule = json.at("rule");
    const int severity = json.at("severity");
    if (FindRule(finding.rule) == nullptr || severity < static_cast<int>(Severity::kOff) ||
        severity > static_cast<int>(Severity::kError)) {
      return std::nullopt;
    }
    finding.severity = static_cast<Severity>(severity);
    finding.line = json.at("line");
    finding.column = json.at("column");
    finding.message = json.at("message");
    finding.hint = json.at("hint");
    if (const Json& waiver = json.at("waiver"); !waiver.is_null()) {
      finding.waiver = waiver.get<std::string>();
    }
    finding.source_line = json.at("source_line");
    findings.push_back(std::move(finding));
  }
  return findings;
} catch (const Json::exception&) {
  return std::nullopt;
}

}  // namespace paliad
