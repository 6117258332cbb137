#include "controller/cli/anchoring.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "controller/cli/command.h"
#include "ledger/encoding.h"

namespace paliad::cli {
namespace {

constexpr char kMadeUpFor[] = "the next run makes up for it, or `paliadctl ledger checkpoint` now";

std::string Warning(const Error& error, bool color) {
  std::string text = fmt::format("{}warning:{} {}\n", color ? "\033[1;33m" : "", color ? "\033[0m" : "",
                                 EscapeForTerminal(error.Message(), /*multiline=*/true));
  for (const std::string& hint : {error.hint, std::string(kMadeUpFor)}) {
    if (!hint.empty()) {
      text += fmt::format("  hint: {}\n", EscapeForTerminal(hint));
    }
  }
  return text;
}

}  // namespace

OrderedJson AnchoringJson(const publish::Anchoring& anchoring) {
  OrderedJson published = OrderedJson::array();
  for (const publish::PlaceOutcome& place : anchoring.places) {
    published.push_back({{"place", place.place},
                         {"ok", !place.error},
                         {"error", place.error ? ErrorJson(*place.error) : OrderedJson(nullptr)}});
  }
  return {{"size", anchoring.checkpoint.size},
          {"origin", anchoring.checkpoint.origin},
          {"root", ledger::FormatHash(anchoring.checkpoint.root)},
          {"signed", anchoring.is_signed},
          {"published", std::move(published)}};
}

std::string AnchoringText(const publish::Anchoring& anchoring) {
  std::string places;
  for (const publish::PlaceOutcome& place : anchoring.places) {
    if (!place.error) {
      places += (places.empty() ? "; published to " : ", ") + EscapeForTerminal(place.place);
    }
  }
  return fmt::format("checkpoint: {} entries, {} {}{}\n", anchoring.checkpoint.size,
                     anchoring.is_signed ? "signed as" : "not signed, of",
                     EscapeForTerminal(anchoring.checkpoint.origin), places);
}

std::string AnchoringComplaints(const std::optional<publish::Anchoring>& anchoring,
                                const std::optional<Error>& error, bool color) {
  if (error) {
    const bool is_for_a_person =
        error->kind == ErrorKind::kCorruption || error->kind == ErrorKind::kInvalidInput;
    return is_for_a_person ? ErrorText(*error, color) : Warning(*error, color);
  }
  std::string text;
  if (anchoring) {
    for (const publish::PlaceOutcome& place : anchoring->places) {
      text += place.error ? Warning(*place.error, color) : "";
    }
  }
  return text;
}

int ExitCodeWith(const std::optional<Error>& anchoring_error, int otherwise) {
  if (anchoring_error && anchoring_error->kind == ErrorKind::kCorruption) {
    return kNotVerified;
  }
  const bool is_mistake = anchoring_error && anchoring_error->kind == ErrorKind::kInvalidInput;
  return is_mistake && otherwise == kDone ? kUsage : otherwise;
}

}  // namespace paliad::cli
