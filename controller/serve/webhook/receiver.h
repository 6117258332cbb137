// POST /hooks/{target}: from the request to the loop's notice. Answered before any work is done.
#ifndef PALIAD_CONTROLLER_SERVE_WEBHOOK_RECEIVER_H_
#define PALIAD_CONTROLLER_SERVE_WEBHOOK_RECEIVER_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "controller/serve/control.h"
#include "controller/serve/http/message.h"
#include "controller/serve/webhook/debouncer.h"
#include "controller/serve/webhook/delivery_memory.h"
#include "controller/serve/webhook/signature.h"

namespace paliad::serve {

// Where a webhook goes to.
struct WebhookTarget {
  std::string name;
  std::string branch;
  ForgeKind kind = ForgeKind::kGitea;
  std::vector<std::string> secrets;
};

// Thread-safe.
class WebhookReceiver {
 public:
  // Called once for each webhook with "accepted", "ignored", "duplicate", "unauthorized" or "malformed".
  using Count = std::function<void(const std::string& target, std::string_view result)>;

  // `control` and `clock` must outlive it.
  WebhookReceiver(Control& control, const Clock& clock, Count count, const DebounceTimes& times = {});

  // 202 where a look follows, 200 where none does, 401 where it is not authentic, 400 where it cannot be
  // read. A forge turns a hook off that gets 4xx answers, so what is merely of no use here gets 200.
  http::Response Receive(const WebhookTarget& target, const http::Request& request);

 private:
  const Clock& clock_;
  const Count count_;
  DeliveryMemory memory_;
  Debouncer debouncer_;
};

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_WEBHOOK_RECEIVER_H_
