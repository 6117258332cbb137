#include "controller/serve/webhook/receiver.h"

#include <utility>

#include "base/json.h"
#include "controller/serve/webhook/event.h"

namespace paliad::serve {
namespace {

constexpr std::size_t kRememberedDeliveries = 10'000;

http::Response Answer(int status, const OrderedJson& json) {
  http::Response response{.status = status, .body = DumpJson(json) + "\n"};
  response.Add("Content-Type", "application/json").Add("Cache-Control", "no-store");
  return response;
}

http::Response AnswerError(int status, const std::string& message, const std::string& hint) {
  return Answer(status, {{"error", {{"kind", "invalid_input"}, {"message", message}, {"hint", hint}}}});
}

}  // namespace

WebhookReceiver::WebhookReceiver(Control& control, const Clock& clock, Count count,
                                 const DebounceTimes& times)
    : clock_(clock),
      count_(std::move(count)),
      memory_(kRememberedDeliveries),
      debouncer_([&control](const std::string& target, Notice notice) { control.Notify(target, notice); },
                 times) {}

http::Response WebhookReceiver::Receive(const WebhookTarget& target, const http::Request& request) {
  const HeaderLookup header = [&](std::string_view name) { return request.Header(name); };
  if (!IsAuthentic(target.kind, header, request.body, target.secrets, clock_.Now())) {
    count_(target.name, "unauthorized");
    return AnswerError(401, "cannot accept the webhook: it is not signed with this target's secret",
                       "give the forge and the target the same secret, and check the target's forge kind");
  }
  const Result<WebhookEvent> event = ReadEvent(target.kind, header, request.body, target.branch);
  if (!event) {
    count_(target.name, "malformed");
    return AnswerError(400, event.error().Message(), event.error().hint);
  }
  if (!event->notice) {
    count_(target.name, "ignored");
    return Answer(200, {{"result", "ignored"}, {"reason", event->ignored_because}});
  }
  if (!memory_.Remember(target.name, DeliveryId(target.kind, header))) {
    count_(target.name, "duplicate");
    return Answer(200, {{"result", "duplicate"}, {"reason", "this delivery was accepted before"}});
  }
  debouncer_.Add(target.name, *event->notice);
  count_(target.name, "accepted");
  return Answer(202, {{"result", "accepted"}});
}

}  // namespace paliad::serve
