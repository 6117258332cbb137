// A forge's REST API: requests with credentials in, replies as JSON out, and every way to fail as a Failure.
// Makes no second attempt at anything. Not thread-safe.
#ifndef PALIAD_CONTROLLER_FORGE_API_H_
#define PALIAD_CONTROLLER_FORGE_API_H_

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json_fwd.h"
#include "controller/forge/forge.h"
#include "controller/forge/http.h"
#include "controller/forge/write_pace.h"

namespace paliad::forge {

struct ApiOptions {
  std::string forge;  // "GitHub", for people
  std::string base;   // "https://git.example.com/api/v1"
  HttpHeaders headers;
  std::string token;                       // is in the headers; cut out of whatever is said
  std::chrono::milliseconds write_gap{0};  // at least, from one write to the next
  std::shared_ptr<WritePace> pace;         // of these writes; null: of one's own
};

struct ApiRequest {
  std::string method = "GET";
  std::string where;  // below the base, "/user?x=y"; or a whole URL of the same origin
  std::string body;   // JSON
  std::string doing;  // completes "cannot …", as Error::doing
  std::string needs;  // what the token must be allowed to do, for hints
  // The reply's text is added, on a line of its own, if it is taken; {"left_out_bytes":N} instead of one
  // that does not fit into kMaxRecord.
  std::string* record = nullptr;
  // Which replies mean that there is no list. Others without 2xx are refused.
  std::function<bool(const HttpReply&)> no_list = nullptr;
};

enum class Take { kNext, kEnough, kMalformed };

// Where the next page is, as ApiRequest::where; "" after the last. `page` counts from 1.
using NextPage = std::function<std::string(const HttpReply& reply, std::size_t items, int page)>;

class Api {
 public:
  // REQUIRES: `base` is a URL with an origin. `clock` must outlive it.
  Api(ApiOptions options, std::unique_ptr<Http> http, const Clock& clock);

  // A reply of any status. Fails where none came; `in_doubt` is set then if the method is POST and it was
  // sent.
  [[nodiscard]] Answer<HttpReply> Exchange(const ApiRequest& request);

  // The JSON of a reply with 2xx. Anything else is refused.
  [[nodiscard]] Answer<Json> Read(const ApiRequest& request);

  // Is content with any 2xx. Anything else is refused.
  [[nodiscard]] Answer<void> Do(const ApiRequest& request);

  // As Read; none for 404 and 204.
  [[nodiscard]] Answer<std::optional<Json>> Find(const ApiRequest& request);

  // Every item of a list, page by page, until `take` has enough. kUnavailable if it is no list or `take`
  // finds an item malformed, kInvalidInput for more than kMaxPages pages. Nothing is taken where the first
  // reply means `no_list`.
  [[nodiscard]] Answer<void> ForEach(ApiRequest request, const NextPage& next,
                                     const std::function<Take(const Json&)>& take);
  static constexpr int kMaxPages = 100;

  // What to make of a reply that is not taken: kUnavailable for 5xx, 408, 409, 425, 429 and rate limits, else
  // kInvalidInput.
  Failure Refused(const ApiRequest& request, const HttpReply& reply) const;

  // An answer with 2xx that is not what it should be. kUnavailable.
  Failure Malformed(const ApiRequest& request, std::string_view what) const;

  // `request` is refused for a reason that is known. kInvalidInput.
  Failure Invalid(const ApiRequest& request, std::string cause, std::string hint) const;

  // A status was meant for a commit that the forge does not have. kInvalidInput.
  Failure UnknownCommit(const ApiRequest& request, const std::string& commit) const;

 private:
  // What a reply says of itself, cut short, fit for a terminal and without the token; may be empty.
  std::string Said(const HttpReply& reply) const;
  std::string UrlOf(const ApiRequest& request) const;
  std::string SubjectOf(const ApiRequest& request) const;
  std::string HintFor(const ApiRequest& request, const HttpReply& reply) const;
  Answer<Json> Parse(const ApiRequest& request, const HttpReply& reply);

  const ApiOptions options_;
  const std::unique_ptr<Http> http_;
  const Clock& clock_;
  const std::shared_ptr<WritePace> pace_;
};

}  // namespace paliad::forge

#endif  // PALIAD_CONTROLLER_FORGE_API_H_
