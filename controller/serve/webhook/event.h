// What a webhook that is authentic tells. Only where to look: nothing else in it is believed.
#ifndef PALIAD_CONTROLLER_SERVE_WEBHOOK_EVENT_H_
#define PALIAD_CONTROLLER_SERVE_WEBHOOK_EVENT_H_

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "controller/serve/control.h"
#include "controller/serve/webhook/signature.h"

namespace paliad::serve {

struct WebhookEvent {
  std::optional<Notice> notice;  // none: nothing for us
  std::string ignored_because;   // then
};

// Pushes to `branch`, pull requests and what is said of their approval. Everything else is ignored: pushes to
// other branches, comments (the bot's own come back), statuses (ours come back). kInvalidInput where the body
// is not the JSON that its event has.
[[nodiscard]] Result<WebhookEvent> ReadEvent(ForgeKind kind, const HeaderLookup& header,
                                             std::string_view body, const std::string& branch);

// Names the delivery: the same when the forge sends it again. Empty: it has no name.
std::string DeliveryId(ForgeKind kind, const HeaderLookup& header);

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_WEBHOOK_EVENT_H_
