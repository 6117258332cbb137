#include "controller/cli/progress.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "base/text.h"
#include "controller/cli/render.h"

namespace paliad::cli {
namespace {

constexpr char kEraseLine[] = "\r\033[K";

// "[ 12/1000] 12_add_office".
std::string Line(std::size_t number, std::size_t total, const Migration& migration) {
  const std::size_t width = std::to_string(total).size();
  return fmt::format("[{:>{}}/{}] {}", number, width, total,
                     EscapeForTerminal(Label(migration.version, migration.name)));
}

}  // namespace

Progress::Progress(const Options& options) : show_(!options.quiet && isatty(STDERR_FILENO) == 1) {}

void Progress::OnWaitingForLock(const pg::LockHolder& holder, std::chrono::milliseconds waited) {
  spdlog::info("waiting for another run to end: the lock is held by {} ({:.1f} s so far)",
               EscapeForTerminal(holder.Describe()), static_cast<double>(waited.count()) / 1e3);
}

void Progress::OnMigrationStarted(std::size_t number, std::size_t total, const Migration& migration) {
  if (show_) {
    std::fputs((Line(number, total, migration) + " …").c_str(), stderr);
  }
}

void Progress::OnMigrationApplied(std::size_t number, std::size_t total, const Migration& migration,
                                  std::chrono::microseconds duration) {
  if (show_) {
    std::fputs(
        fmt::format("{}{}  {}\n", kEraseLine, Line(number, total, migration), Milliseconds(duration)).c_str(),
        stderr);
  }
}

void Progress::OnRetry(const Failure& failure, int attempt, std::chrono::milliseconds delay) {
  spdlog::warn("{}: attempt {} failed: {}; trying again in {:.1f} s", EscapeForTerminal(failure.path),
               attempt, EscapeForTerminal(failure.message), static_cast<double>(delay.count()) / 1e3);
}

void Progress::OnConnectionLost(const std::string& cause) {
  spdlog::warn("the connection was lost ({}); connecting again to find out what took effect",
               EscapeForTerminal(cause));
}

void Progress::OnNotice(std::string_view text) { spdlog::info("PostgreSQL: {}", EscapeForTerminal(text)); }

}  // namespace paliad::cli
