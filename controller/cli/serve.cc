// `serve`: the controller. This thread only waits for signals and speaks to the service manager.
#include <fmt/format.h>
#include <pthread.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/duration.h"
#include "controller/cli/command.h"
#include "controller/cli/configured.h"
#include "controller/config/config_file.h"
#include "controller/serve/loop/current_loop.h"
#include "controller/serve/loop/event_log.h"
#include "controller/serve/loop/loop.h"
#include "controller/serve/loop/service_manager.h"
#include "controller/serve/metrics/metrics.h"
#include "controller/serve/service/site_options.h"
#include "controller/serve/site/site.h"

namespace paliad::cli {
namespace {

using serve::Level;
using serve::LogEvent;
using std::chrono::milliseconds;

constexpr milliseconds kTick{500};
constexpr milliseconds kTickWhileStopping{20};
// A server that does not answer a cancel: the kernel gives up on the connection at some time, we do before.
constexpr std::chrono::seconds kAfterCancel{60};

Error Mistake(std::string cause, std::string hint) {
  return {.kind = ErrorKind::kInvalidInput,
          .doing = "serve",
          .subject = "",
          .cause = std::move(cause),
          .hint = std::move(hint)};
}

// A variable that is not set stays so as long as the process lives; a file may still come.
Status RequireSecrets(const config::Config& config) {
  std::string missing;
  for (const config::TargetConfig& target : config.targets) {
    for (const config::Secret& secret :
         {target.database, target.scratch, target.git.username, target.git.password,
          target.forge ? target.forge->token : config::Secret(),
          target.forge ? target.forge->webhook_secret : config::Secret()}) {
      const Result<std::string> value = secret.ReadIfNamed();
      if (!value && value.error().kind == ErrorKind::kInvalidInput) {
        missing += fmt::format("\n  {}: {}: {}", target.target.name, secret.Where(), value.error().cause);
      }
    }
  }
  return missing.empty()
             ? Status()
             : Fail(Mistake("secrets are missing that the configuration names:" + missing,
                            "set them where the controller is started: the service's unit, the container"));
}

// The file's targets, or the one that --target names.
Result<config::Config> Chosen(const Options& options, config::Config config) {
  if (options.given.contains("--target")) {
    ASSIGN_OR_RETURN(const auto chosen, EachTarget(options));  // or says which there are
    std::erase_if(config.targets, [&](const auto& target) { return target.target.name != options.target; });
  }
  RETURN_IF_ERROR(RequireSecrets(config));
  return config;
}

Result<config::Config> FirstConfig(const Options& options) {
  if (options.config == nullptr) {
    return Fail(Mistake(
        "there is no configuration file",
        "write one with a [[target]] and name it with --config; docs/configuration.md has every key"));
  }
  for (const char* flag :
       {"--database", "--repo", "--branch", "--path", "--tracker", "--legacy-tracker", "--search-path",
        "--lock-timeout", "--statement-timeout", "--policy", "--data-dir"}) {
    if (options.given.contains(flag)) {
      return Fail(Mistake(fmt::format("{} says what the configuration says for each target", flag),
                          "write it into " + options.config->path));
    }
  }
  return Chosen(options, *options.config);
}

class Service {
 public:
  Service(const Invocation& invocation, const config::Config& config)
      : options_(invocation.options),
        clock_(invocation.clock),
        manager_(serve::ServiceManager::FromEnvironment()),
        grace_(config.shutdown_grace),
        loop_(MakeLoop(config)) {}

  // Errors as StartSite.
  [[nodiscard]] Status Listen(const config::Config& config) {
    ASSIGN_OR_RETURN(site_, serve::StartSite(serve::SiteOptionsFor(config), loop_, metrics_, clock_));
    return {};
  }

  int Run() {
    manager_.Tell("READY=1");
    LogEvent(Level::kInfo, {},
             fmt::format("serving {} targets, HTTP on port {}", loop_.Snapshots().size(), site_->port()));
    while (!Ended()) {
      switch (NextSignal()) {
        case SIGHUP:
          Reload();
          break;
        case SIGTERM:
        case SIGINT:
          Stop();
          break;
        default:
          Tick();
      }
    }
    LogEvent(Level::kInfo, {}, "stopped");
    return kDone;
  }

  static void BlockSignals() {
    const sigset_t signals = Signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  }

 private:
  static sigset_t Signals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
      sigaddset(&signals, signal);
    }
    return signals;
  }

  std::shared_ptr<serve::Loop> MakeLoop(const config::Config& config) {
    return std::make_shared<serve::Loop>(config, Actor(), metrics_, clock_);
  }

  // 0: none came within a tick.
  int NextSignal() const {
    milliseconds tick = stop_by_ ? kTickWhileStopping : kTick;
    tick = std::min(tick, manager_.watchdog().value_or(tick));
    const timespec wait{.tv_sec = 0, .tv_nsec = static_cast<long>(tick.count()) * 1'000'000};
    const sigset_t signals = Signals();
    return std::max(0, sigtimedwait(&signals, nullptr, &wait));
  }

  void Tick() {
    (void)loop_.Snapshots();  // answers unless something is stuck, of which the watchdog should hear
    if (manager_.watchdog()) {
      manager_.Tell("WATCHDOG=1");
    }
    loop_.Tidy();
    if (stop_by_ && clock_.Steady() >= *stop_by_) {
      Cancel(fmt::format("the grace of {} is over", FormatDuration(grace_)));
    }
  }

  bool Ended() {
    if (stop_by_ && canceled_ && clock_.Steady() >= *stop_by_) {
      LogEvent(Level::kError, {},
               "a migration did not end though it was cancelled; leaving it to its server");
      ::_exit(kFailed);
    }
    return stop_by_ && loop_.Ended();
  }

  void Stop() {
    if (stop_by_) {
      Cancel("asked to stop again");
      return;
    }
    manager_.Tell("STOPPING=1");
    LogEvent(Level::kInfo, {},
             fmt::format("stopping: what runs has {} to end its migration", FormatDuration(grace_)));
    stop_by_ = clock_.Steady() + grace_;
    loop_.Stop();
  }

  void Cancel(const std::string& why) {
    if (canceled_) {
      return;
    }
    LogEvent(Level::kWarning, {}, why + ": what runs is cancelled in its server");
    canceled_ = true;
    stop_by_ = clock_.Steady() + kAfterCancel;
    loop_.Cancel();
  }

  void Reload() {
    if (stop_by_) {
      return;
    }
    manager_.Tell("RELOADING=1");
    Result<config::Config> config = config::ReadConfig(options_.config->path);
    if (config) {
      config = Chosen(options_, *std::move(config));
    }
    if (config) {
      if (const Status updated = site_->Update(serve::SiteOptionsFor(*config)); !updated) {
        LogEvent(Level::kError, {}, "HTTP stays as it was: " + updated.error().Message());
      }
      grace_ = config->shutdown_grace;
      loop_.Replace(MakeLoop(*config));
      LogEvent(Level::kInfo, {},
               fmt::format("read {} again: {} targets", config->path, config->targets.size()));
    } else {
      LogEvent(Level::kError, {}, "the configuration stays as it was: " + config.error().Message());
    }
    manager_.Tell("READY=1");
  }

  const Options& options_;
  const Clock& clock_;
  const serve::ServiceManager manager_;
  serve::Metrics metrics_;
  std::chrono::milliseconds grace_;
  serve::CurrentLoop loop_;
  std::unique_ptr<serve::Site> site_;  // uses the two above
  std::optional<SteadyTime> stop_by_;
  bool canceled_ = false;
};

int RunServe(const Invocation& invocation) {
  Result<config::Config> config = FirstConfig(invocation.options);
  if (!config) {
    return AnswerError(invocation.options, config.error(), kUsage);
  }
  Service::BlockSignals();  // before there are threads that would be asked instead
  Service service(invocation, *config);
  if (const Status listening = service.Listen(*config); !listening) {
    const bool mistaken = listening.error().kind == ErrorKind::kInvalidInput;
    return AnswerError(invocation.options, listening.error(), mistaken ? kUsage : kFailed);
  }
  return service.Run();
}

}  // namespace

void AddServe(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand(
      "serve", "The controller: watch every target's branch and reconcile each commit, until it is stopped");
  command->footer(
      "SIGTERM: end the migrations under way, record, exit; once more: cancel them. SIGHUP: read the\n"
      "configuration again.");
  command->callback([&invocation] { invocation.exit_code = RunServe(invocation); });
}

}  // namespace paliad::cli
