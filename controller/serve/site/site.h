// All that `paliadctl serve` answers over HTTP: webhooks, health, metrics, the API and the pages. Listens and
// answers on threads of its own until it is destroyed.
#ifndef PALIAD_CONTROLLER_SERVE_SITE_SITE_H_
#define PALIAD_CONTROLLER_SERVE_SITE_SITE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "controller/serve/backend/backend.h"
#include "controller/serve/control.h"

namespace paliad::serve {

struct SiteOptions {
  std::string listen = "127.0.0.1:8080";  // HOST:PORT, [IPv6]:PORT or :PORT (all addresses); port 0: any
  std::string certificate_file;           // PEM; both of these or none of them
  std::string key_file;
  std::string tokens_file;      // absolute; see controller/serve/access/tokens.h; may not exist yet
  bool anonymous_read = false;  // everybody is an auditor
  std::vector<SiteTarget> targets;
};

// The metrics of all targets, which the loop feeds and /metrics shows.
class Metrics;

class Site {
 public:
  virtual ~Site() = default;  // answers what was asked, for five seconds at most, and stops

  virtual std::uint16_t port() const = 0;

  // The configuration was read anew: targets, secrets, anonymous_read and certificates. Where it listens and
  // tokens_file stay as they were. On an error (a certificate) nothing has changed.
  [[nodiscard]] virtual Status Update(const SiteOptions& options) = 0;
};

// All three must outlive the site. kInvalidInput for an address, a certificate or a key that is not one;
// kUnavailable where the address cannot be listened on.
[[nodiscard]] Result<std::unique_ptr<Site>> StartSite(const SiteOptions& options, Control& control,
                                                      Metrics& metrics, const Clock& clock);

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_SITE_SITE_H_
