#include "controller/serve/loop/event_log.h"

#include <fmt/format.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <iterator>
#include <memory>
#include <utility>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"

namespace paliad::serve {
namespace {

constexpr char kLogger[] = "event";  // its messages are JSON objects, all others' are text
constexpr std::size_t kShort = 12;

spdlog::level::level_enum ToSpdlog(Level level) {
  switch (level) {
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

std::string_view View(const spdlog::string_view_t& text) { return {text.data(), text.size()}; }

std::string At(const spdlog::details::log_msg& message) {
  return FormatUtc(std::chrono::time_point_cast<std::chrono::microseconds>(message.time));
}

OrderedJson EventOf(const spdlog::details::log_msg& message) {
  if (View(message.logger_name) == kLogger) {
    return OrderedJson::parse(View(message.payload));
  }
  return {{"message", ToValidUtf8(View(message.payload))}};
}

std::string AsText(const OrderedJson& event) {
  std::string text;
  if (event.contains("target")) {
    text = event["target"].get<std::string>() + ": ";
  }
  text += event["message"].get<std::string>();
  std::string details;
  const auto detail = [&](const char* field, const char* name) {
    if (event.contains(field)) {
      const std::string value =
          event[field].is_string() ? event[field].get<std::string>().substr(0, kShort) : event[field].dump();
      details += fmt::format("{}{} {}", details.empty() ? "" : ", ", name, value);
    }
  };
  detail("run_id", "run");
  detail("commit", "commit");
  detail("version", "version");
  return EscapeForTerminal(details.empty() ? text : fmt::format("{} ({})", text, details));
}

class Formatter final : public spdlog::formatter {
 public:
  explicit Formatter(LogFormat format) : format_(format) {}

  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& to) override {
    const std::string level(View(spdlog::level::to_string_view(message.level)));
    const OrderedJson event = EventOf(message);
    std::string line;
    if (format_ == LogFormat::kText) {
      line = fmt::format("{} {} {}\n", At(message), level, AsText(event));
    } else {
      OrderedJson all = {{"at", At(message)}, {"level", level}};
      all.update(event);
      line = DumpJson(all) + "\n";
    }
    to.append(line.data(), line.data() + line.size());
  }

  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<Formatter>(format_); }

 private:
  LogFormat format_;
};

}  // namespace

void SetUpEventLog(LogFormat format, const std::string& least) {
  const auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  sink->set_formatter(std::make_unique<Formatter>(format));
  auto events = std::make_shared<spdlog::logger>(kLogger, sink);
  auto others = std::make_shared<spdlog::logger>("paliadctl", sink);
  for (const auto& logger : {events, others}) {
    logger->set_level(spdlog::level::from_str(least));
  }
  spdlog::drop(kLogger);
  spdlog::register_logger(events);
  spdlog::set_default_logger(others);
}

void LogEvent(Level level, const Subject& subject, std::string_view message) {
  const std::shared_ptr<spdlog::logger> logger = spdlog::get(kLogger);
  if (logger == nullptr || !logger->should_log(ToSpdlog(level))) {
    return;
  }
  OrderedJson event = OrderedJson::object();
  for (const auto& [name, value] :
       {std::pair("target", subject.target), {"run_id", subject.run_id}, {"commit", subject.commit}}) {
    if (!value.empty()) {
      event[name] = ToValidUtf8(value);
    }
  }
  if (subject.version != 0) {
    event["version"] = subject.version;
  }
  event["message"] = ToValidUtf8(message);
  const std::string payload = DumpJson(event);
  logger->log(ToSpdlog(level), spdlog::string_view_t(payload.data(), payload.size()));
}

}  // namespace paliad::serve
