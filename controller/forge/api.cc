#include "controller/forge/api.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "controller/forge/answer.h"
#include "controller/forge/json_fields.h"
#include "controller/forge/retry_after.h"
#include "controller/forge/url.h"

namespace paliad::forge {
namespace {

constexpr std::size_t kMaxSaid = 300;  // bytes of an answer that get into an error

// Of a record, for what stands in the place of replies: more than as many short lines as there can be
// replies, two lists and those of each approver.
constexpr std::size_t kRoomForLeftOut = 16 * 1024;

bool IsSuccess(const HttpReply& reply) { return reply.status >= 200 && reply.status < 300; }

bool IsRedirect(const HttpReply& reply) {
  constexpr std::array kRedirects = {301, 302, 303, 307, 308};
  return std::find(kRedirects.begin(), kRedirects.end(), reply.status) != kRedirects.end();
}

bool MayPass(const HttpReply& reply) {
  constexpr std::array kPassing = {408, 409, 425, 429};
  return reply.status >= 500 || IsRateLimited(reply) ||
         std::find(kPassing.begin(), kPassing.end(), reply.status) != kPassing.end();
}

std::string Without(std::string text, const std::string& secret) {
  for (std::size_t at = text.find(secret); at != text.npos; at = text.find(secret, at)) {
    text.replace(at, secret.size(), "***");
  }
  return text;
}

// {"message": …, "errors": …} of GitHub and Gitea; {"message": …} or {"error": …} of GitLab, the first of
// which may be an object.
std::string MessageOf(const std::string& body) {
  const Result<Json> json = ParseJson(body);
  if (!json || !json->is_object()) {
    return body.find('<') == std::string::npos ? body : "";  // a page of HTML says nothing in a line
  }
  std::string said;
  for (const char* key : {"message", "error", "error_description", "errors"}) {
    const auto found = json->find(key);
    if (found != json->end() && !found->is_null()) {
      said += fmt::format("{}{}", said.empty() ? "" : "; ",
                          found->is_string() ? found->get<std::string>() : found->dump());
    }
  }
  return said;
}

void AddToRecord(std::string& record, const std::string& body) {
  // One that fits may still follow one that does not.
  if (record.size() + body.size() + 1 > kMaxRecord - kRoomForLeftOut) {
    record += fmt::format("{{\"left_out_bytes\":{}}}\n", body.size());
    return;
  }
  const std::size_t begin = record.size();
  record += body;
  // In JSON these stand between tokens only.
  std::replace_if(
      record.begin() + static_cast<std::ptrdiff_t>(begin), record.end(),
      [](char c) { return c == '\n' || c == '\r'; }, ' ');
  record += '\n';
}

}  // namespace

Api::Api(ApiOptions options, std::unique_ptr<Http> http, const Clock& clock)
    : options_(std::move(options)),
      http_(std::move(http)),
      clock_(clock),
      pace_(options_.pace ? options_.pace : std::make_shared<WritePace>()) {
  assert(OriginOf(options_.base));
}

std::string Api::UrlOf(const ApiRequest& request) const {
  return request.where.starts_with('/') ? options_.base + request.where : request.where;
}

std::string Api::SubjectOf(const ApiRequest& request) const {
  return fmt::format("({} {})", request.method, EscapeForTerminal(Truncate(UrlOf(request), kMaxSaid)));
}

Answer<HttpReply> Api::Exchange(const ApiRequest& request) {
  // The one place where credentials leave: never to anybody but the forge.
  if (OriginOf(UrlOf(request)) != OriginOf(options_.base)) {
    return FailWith(Malformed(request, "it names a page on another server"));
  }
  HttpRequest http{
      .method = request.method, .url = UrlOf(request), .headers = options_.headers, .body = request.body};
  const bool writes = request.method != "GET";
  if (writes) {
    http.headers.emplace_back("Content-Type", "application/json");
    pace_->Await(clock_, options_.write_gap);
  }
  auto reply = http_->Perform(http);
  if (writes) {
    pace_->Wrote(clock_);
  }
  if (!reply) {
    HttpFault fault = std::move(reply).error();
    return FailWith({.error = {.kind = fault.kind,
                               .doing = request.doing,
                               .subject = SubjectOf(request),
                               .cause = Without(std::move(fault.cause), options_.token),
                               .hint = std::move(fault.hint)},
                     .in_doubt = fault.sent && request.method == "POST"});
  }
  return std::move(*reply);
}

Answer<Json> Api::Parse(const ApiRequest& request, const HttpReply& reply) {
  Result<Json> json = ParseJson(reply.body);
  if (!json) {
    return FailWith(Malformed(request, "it is not JSON"));
  }
  if (request.record != nullptr) {
    AddToRecord(*request.record, reply.body);
  }
  return std::move(*json);
}

Answer<Json> Api::Read(const ApiRequest& request) {
  ASSIGN_ANSWER_OR_RETURN(const HttpReply reply, Exchange(request));
  if (!IsSuccess(reply)) {
    return FailWith(Refused(request, reply));
  }
  return Parse(request, reply);
}

Answer<void> Api::Do(const ApiRequest& request) {
  ASSIGN_ANSWER_OR_RETURN(const HttpReply reply, Exchange(request));
  if (!IsSuccess(reply)) {
    return FailWith(Refused(request, reply));
  }
  return {};
}

Answer<std::optional<Json>> Api::Find(const ApiRequest& request) {
  ASSIGN_ANSWER_OR_RETURN(const HttpReply reply, Exchange(request));
  if (reply.status == 404 || reply.status == 204) {
    return std::nullopt;
  }
  if (!IsSuccess(reply)) {
    return FailWith(Refused(request, reply));
  }
  ASSIGN_ANSWER_OR_RETURN(Json json, Parse(request, reply));
  return std::optional<Json>(std::move(json));
}

Answer<void> Api::ForEach(ApiRequest request, const NextPage& next,
                          const std::function<Take(const Json&)>& take) {
  for (int page = 1; page <= kMaxPages; ++page) {
    ASSIGN_ANSWER_OR_RETURN(const HttpReply reply, Exchange(request));
    if (page == 1 && request.no_list && request.no_list(reply)) {
      return {};
    }
    if (!IsSuccess(reply)) {
      return FailWith(Refused(request, reply));
    }
    ASSIGN_ANSWER_OR_RETURN(const Json items, Parse(request, reply));
    // Programs in Go write an empty list as null now and then.
    if (!items.is_array() && !items.is_null()) {
      return FailWith(Malformed(request, "it is not a list"));
    }
    for (const Json& item : items) {
      const Take taken = take(item);
      if (taken == Take::kMalformed) {
        return FailWith(Malformed(request, "an item of the list lacks what it must have"));
      }
      if (taken == Take::kEnough) {
        return {};
      }
    }
    request.where = next(reply, items.size(), page);
    if (request.where.empty()) {
      return {};
    }
  }
  return FailWith(Invalid(request, fmt::format("the list has more than {} pages", kMaxPages), ""));
}

std::string Api::Said(const HttpReply& reply) const {
  return EscapeForTerminal(Truncate(Without(MessageOf(reply.body), options_.token), kMaxSaid));
}

std::string Api::HintFor(const ApiRequest& request, const HttpReply& reply) const {
  if (IsRedirect(reply)) {
    return "redirects are not followed, since the token would go there; if the project was renamed or the "
           "forge "
           "moved, change `project` and `url`";
  }
  if (MayPass(reply)) {
    return "";
  }
  const std::string needs = request.needs.empty() ? "" : fmt::format("; it needs {}", request.needs);
  switch (reply.status) {
    case 401:
      return "the token is not accepted: it may be wrong, revoked or expired" + needs;
    case 403:
      return "the token may not do this" + needs;
    case 404:
      return "there is none, or the token may not see it: check `project`, and the token" + needs;
    default:
      return "";
  }
}

Failure Api::Refused(const ApiRequest& request, const HttpReply& reply) const {
  const std::string said = Said(reply);
  std::string cause =
      fmt::format("{} answered {}{}{}", options_.forge, reply.status, said.empty() ? "" : ": ", said);
  if (IsRedirect(reply)) {
    const std::string to(reply.Header("location").value_or("an unnamed place"));
    cause = fmt::format("{} answered {}, a redirect to {}", options_.forge, reply.status,
                        EscapeForTerminal(Truncate(Without(RedactUrl(to), options_.token), kMaxSaid)));
  }
  const bool invalid = reply.status >= 300 && reply.status < 500 && !MayPass(reply);
  return {.error = {.kind = invalid ? ErrorKind::kInvalidInput : ErrorKind::kUnavailable,
                    .doing = request.doing,
                    .subject = SubjectOf(request),
                    .cause = std::move(cause),
                    .hint = HintFor(request, reply)},
          .retry_after = RetryAfter(reply, clock_.Now()),
          // A gateway that gave up waiting answers so too.
          .in_doubt = request.method == "POST" && reply.status >= 500};
}

Failure Api::Malformed(const ApiRequest& request, std::string_view what) const {
  return {.error = {.kind = ErrorKind::kUnavailable,
                    .doing = request.doing,
                    .subject = SubjectOf(request),
                    .cause = fmt::format("{}'s answer is of no use: {}", options_.forge, what),
                    .hint = "something else may answer at this address: check `url` and `kind`"},
          .in_doubt = request.method == "POST"};
}

Failure Api::Invalid(const ApiRequest& request, std::string cause, std::string hint) const {
  return {.error = {.kind = ErrorKind::kInvalidInput,
                    .doing = request.doing,
                    .subject = SubjectOf(request),
                    .cause = std::move(cause),
                    .hint = std::move(hint)}};
}

Failure Api::UnknownCommit(const ApiRequest& request, const std::string& commit) const {
  return Invalid(request,
                 fmt::format("{} does not know the commit {}", options_.forge,
                             EscapeForTerminal(Truncate(commit, kMaxSaid))),
                 "it may have been replaced by a push meanwhile");
}

}  // namespace paliad::forge
