// What paliad.toml says, as the site wants it.
#ifndef PALIAD_CONTROLLER_SERVE_SERVICE_SITE_OPTIONS_H_
#define PALIAD_CONTROLLER_SERVE_SERVICE_SITE_OPTIONS_H_

#include "controller/config/config.h"
#include "controller/serve/site/site.h"

namespace paliad::serve {

// Secrets are read now. One that cannot be read is logged; its target has no webhooks, or no pages that need
// its database, until the configuration is read again.
SiteOptions SiteOptionsFor(const config::Config& config);

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_SERVICE_SITE_OPTIONS_H_
