// The client of a forge, by its kind.
#ifndef PALIAD_CONTROLLER_FORGE_MAKE_FORGE_H_
#define PALIAD_CONTROLLER_FORGE_MAKE_FORGE_H_

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "controller/forge/forge.h"
#include "controller/forge/kind.h"
#include "controller/forge/write_pace.h"

namespace paliad::forge {

struct ForgeOptions {
  ForgeKind kind = ForgeKind::kGitea;
  std::string url;      // https://git.example.com; http:// to loopback only
  std::string project;  // "m/paliad"; on GitLab it may have groups: "a/b/paliad"
  std::string token;    // not empty
  std::string ca_file;  // PEM, whom to trust over HTTPS; empty: the system's
  std::chrono::milliseconds connect_timeout{10'000};  // > 0
  std::chrono::milliseconds request_timeout{30'000};  // > 0; of a whole request
  // At least so long from one write to the next on GitHub, which asks for it (docs.github.com, "Best
  // practices for using the REST API"); a write waits for it.
  std::chrono::milliseconds github_write_gap{1'000};
  // What all clients that write there share, so that they keep the gap together. Null: this one has its own.
  std::shared_ptr<WritePace> pace;
  std::stop_token stop;  // ends a request under way, as a time-out does
};

// `clock` must outlive it. Makes no request. kInvalidInput for a URL that would let the token travel in the
// clear or that is none, for a project that is no OWNER/NAME, and for a token that is empty or could break
// out of a header.
[[nodiscard]] Result<std::unique_ptr<Forge>> MakeForge(const ForgeOptions& options, const Clock& clock);

}  // namespace paliad::forge

#endif  // PALIAD_CONTROLLER_FORGE_MAKE_FORGE_H_
