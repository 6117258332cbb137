#include "controller/serve/api/api.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <functional>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "controller/serve/api/answers.h"
#include "controller/serve/api/openapi_file.h"
#include "controller/serve/api/query.h"
#include "controller/serve/api/shapes.h"
#include "controller/serve/http/parse.h"

namespace paliad::serve {
namespace {

constexpr std::size_t kMaxReason = 1'000;

using Parts = std::vector<std::string>;

http::Response NotFound(std::string_view what) {
  return ErrorAnswer(404, "not_found", fmt::format("there is no such {}", what),
                     "/api/v1/openapi.json describes what there is; /api/v1/targets lists the targets");
}

http::Response WrongMethod(const std::string& allowed) {
  http::Response response =
      ErrorAnswer(405, "invalid_input", "this method means nothing here", fmt::format("use {}", allowed));
  response.Add("Allow", allowed);
  return response;
}

// {"items":[…],"next":"…" or null}, and the same as a Link header (RFC 8288).
template <class T, class ToJson>
http::Response PageAnswer(const http::Request& request, const Page<T>& page, ToJson to_json) {
  OrderedJson items = OrderedJson::array();
  for (const T& item : page.items) {
    items.push_back(to_json(item));
  }
  const std::string cursor = page.next ? std::to_string(*page.next) : "";
  http::Response response = JsonAnswer(
      200, {{"items", std::move(items)}, {"next", page.next ? OrderedJson(cursor) : OrderedJson(nullptr)}});
  if (page.next) {
    std::string link = request.path + "?";
    for (const auto& [name, value] : http::ParseParameters(request.query).value_or(http::Parameters())) {
      if (name != "cursor") {
        link += http::PercentEncode(name) + "=" + http::PercentEncode(value) + "&";
      }
    }
    response.Add("Link", fmt::format("<{}cursor={}>; rel=\"next\"", link, cursor));
  }
  return response;
}

Result<http::Response> AnswerTargets(const Backend& backend, const http::Request& request) {
  ASSIGN_OR_RETURN(const Query query, Query::Read(request, {}));
  Page<TargetSnapshot> page{.items = backend.Snapshots()};
  return PageAnswer(request, page, TargetJson);
}

Result<http::Response> AnswerRuns(Records& records, const http::Request& request) {
  ASSIGN_OR_RETURN(const RunQuery query, ReadRunQuery(request));
  ASSIGN_OR_RETURN(const auto page, records.Runs(query));
  return PageAnswer(request, page, RunJson);
}

Result<http::Response> AnswerRun(Records& records, const std::string& run_id) {
  if (!IsRunIdPrefix(run_id)) {
    return NotFound("run");
  }
  ASSIGN_OR_RETURN(const auto runs, records.Runs({.run_id = run_id, .limit = 2}));
  if (runs.items.size() != 1) {
    return NotFound(runs.items.empty() ? "run" : "run: several begin so");
  }
  OrderedJson json = RunJson(runs.items.front());
  ASSIGN_OR_RETURN(const auto entries,
                   records.Entries({.run_id = runs.items.front().run_id, .limit = kMaxPage}));
  json["entries"] = OrderedJson::array();
  for (const store::EntryRow& entry : entries.items) {
    json["entries"].push_back(EntryJson(entry));
  }
  json["entries_next"] = entries.next ? OrderedJson(std::to_string(*entries.next)) : OrderedJson(nullptr);
  return JsonAnswer(200, json);
}

Result<http::Response> AnswerEntries(Records& records, const http::Request& request) {
  ASSIGN_OR_RETURN(const EntryQuery query, ReadEntryQuery(request));
  ASSIGN_OR_RETURN(const auto page, records.Entries(query));
  return PageAnswer(request, page, EntryJson);
}

Result<http::Response> AnswerEntry(Records& records, const std::string& text) {
  ASSIGN_OR_RETURN(const std::int64_t seq, ReadNumber("seq", text));
  ASSIGN_OR_RETURN(const auto entry, records.Entry(seq));
  return entry ? JsonAnswer(200, EntryJson(*entry)) : NotFound("entry");
}

Result<http::Response> AnswerProof(Records& records, const std::string& text) {
  ASSIGN_OR_RETURN(const std::int64_t seq, ReadNumber("seq", text));
  ASSIGN_OR_RETURN(const auto proof, records.Proof(seq));
  return proof ? JsonAnswer(200, ProofJson(*proof)) : NotFound("entry");
}

Result<http::Response> AnswerMigrations(Records& records, const http::Request& request) {
  ASSIGN_OR_RETURN(const Paging paging, ReadPaging(request));
  ASSIGN_OR_RETURN(const auto page, records.Migrations(std::nullopt, paging.cursor, paging.limit));
  return PageAnswer(request, page, MigrationJson);
}

// What the tracker says of it (null where it has no row), and every entry about it.
Result<http::Response> AnswerMigration(Records& records, const std::string& text) {
  ASSIGN_OR_RETURN(const std::int64_t version, ReadNumber("version", text));
  if (version > INT32_MAX) {
    return NotFound("migration");
  }
  ASSIGN_OR_RETURN(const auto rows, records.Migrations(version, std::nullopt, 1));
  ASSIGN_OR_RETURN(const auto entries, records.Entries({.version = version, .limit = kMaxPage}));
  if (rows.items.empty() && entries.items.empty()) {
    return NotFound("migration");
  }
  OrderedJson json = {{"version", version}};
  json["applied"] = rows.items.empty() ? OrderedJson(nullptr) : MigrationJson(rows.items.front());
  json["entries"] = OrderedJson::array();
  for (const store::EntryRow& entry : entries.items) {
    json["entries"].push_back(EntryJson(entry));
  }
  return JsonAnswer(200, json);
}

// What lies below /targets/{t}/: `rest` is what follows.
Result<http::Response> AnswerRecords(Backend& backend, const SiteTarget& target, const Parts& rest,
                                     const http::Request& request) {
  const bool is_list = rest.size() == 1;
  const std::string& kind = rest.front();
  if (rest.size() > 2 || (kind != "runs" && kind != "entries" && kind != "migrations" && kind != "proofs") ||
      (kind == "proofs" && is_list)) {
    return NotFound("path");
  }
  ASSIGN_OR_RETURN(Records records, backend.OpenRecords(target));
  if (kind == "runs") {
    return is_list ? AnswerRuns(records, request) : AnswerRun(records, rest[1]);
  }
  if (kind == "entries") {
    return is_list ? AnswerEntries(records, request) : AnswerEntry(records, rest[1]);
  }
  if (kind == "proofs") {
    return AnswerProof(records, rest[1]);
  }
  return is_list ? AnswerMigrations(records, request) : AnswerMigration(records, rest[1]);
}

Result<Action> ReadAction(const std::string& verb, const http::Request& request) {
  const auto wrong = [&](std::string cause) {
    return Fail({.kind = ErrorKind::kInvalidInput,
                 .doing = "understand the request to",
                 .subject = verb,
                 .cause = std::move(cause),
                 .hint = "send {\"reason\":\"…\"} as application/json"});
  };
  // Only JSON: a form on another site cannot send that without asking first (CORS).
  constexpr std::string_view kJson = "application/json";
  if (request.Header("content-type").value_or("").substr(0, kJson.size()) != kJson) {
    return wrong("its body is not application/json");
  }
  const Result<Json> json = ParseJson(request.body);
  if (!json || !json->is_object() || !json->contains("reason") || !(*json)["reason"].is_string()) {
    return wrong("it has no reason");
  }
  Action action{.verb = verb, .reason = (*json)["reason"].get<std::string>()};
  for (const auto& [name, value] : json->items()) {
    if (name == "accept_rewrite" && value.is_boolean() && verb == "resume") {
      action.accept_rewrite = value.get<bool>();
    } else if (name != "reason") {
      return wrong(fmt::format("the field '{}' means nothing here", EscapeForTerminal(Truncate(name, 40))));
    }
  }
  return action;
}

http::Response AnswerAction(Backend& backend, const Person& person, const std::string& target,
                            const std::string& verb, const http::Request& request) {
  if (request.method != "POST") {
    return WrongMethod("POST");
  }
  if (person.role != Role::kOperator) {
    return ErrorAnswer(403, "forbidden", fmt::format("an auditor may not {}", verb),
                       "an operator's token may: `paliadctl token new --role operator`");
  }
  // A request with a sign-in's cookie could come from a page of somebody else's.
  if (!person.csrf.empty() && !Access::IsOwnForm(person, request.Header("x-csrf-token").value_or(""))) {
    return ErrorAnswer(403, "forbidden", "the request does not carry the sign-in's own token",
                       "use the pages, or send a token in the Authorization header");
  }
  const Result<Action> action = ReadAction(verb, request);
  if (!action) {
    return ErrorAnswer(action.error());
  }
  if (const Status done = Act(backend, person, target, *action); !done) {
    return ErrorAnswer(done.error());
  }
  const auto snapshot = backend.Snapshot(target);
  return snapshot ? JsonAnswer(202, TargetJson(*snapshot)) : NotFound("target");
}

bool IsVerb(const std::string& word) { return word == "reconcile" || word == "suspend" || word == "resume"; }

}  // namespace

std::optional<Parts> SplitPath(std::string_view path) {
  Parts parts;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const auto end = path.find('/');
    auto part = http::PercentDecode(path.substr(0, end), false);
    path = end == std::string_view::npos ? std::string_view() : path.substr(end);
    if (!part || (part->empty() && !(parts.empty() && path.empty()))) {
      return std::nullopt;
    }
    if (!part->empty()) {
      parts.push_back(*std::move(part));
    }
  }
  return parts;
}

Status Act(Backend& backend, const Person& person, const std::string& target, Action action) {
  const auto first = action.reason.find_first_not_of(" \t\r\n");
  if (first == std::string::npos || action.reason.size() > kMaxReason) {
    return Fail({.kind = ErrorKind::kInvalidInput,
                 .doing = action.verb,
                 .subject = target,
                 .cause = first == std::string::npos ? "there is no reason" : "the reason is too long",
                 .hint = "say in a sentence why; it is recorded"});
  }
  action.reason = action.reason.substr(first, action.reason.find_last_not_of(" \t\r\n") - first + 1);
  spdlog::info("{} asks to {} {}: {}", EscapeForTerminal(person.name), action.verb, EscapeForTerminal(target),
               EscapeForTerminal(action.reason));
  if (action.verb == "suspend") {
    return backend.control().Suspend(target, person.name, action.reason);
  }
  if (action.verb == "resume") {
    return backend.control().Resume(target, person.name, action.reason, action.accept_rewrite);
  }
  return backend.control().Reconcile(target, person.name, action.reason);
}

http::Response AnswerApi(Backend& backend, const Person& person, const Parts& path,
                         const http::Request& request) {
  if (path.empty() || path[0] != "targets") {
    return NotFound("path");
  }
  const auto target = path.size() > 1 ? backend.FindTarget(path[1]) : std::nullopt;
  if (path.size() > 1 && !target) {
    return NotFound("target");
  }
  if (path.size() == 3 && IsVerb(path[2])) {
    return AnswerAction(backend, person, path[1], path[2], request);
  }
  if (request.method != "GET" && request.method != "HEAD") {
    return WrongMethod("GET, HEAD");
  }
  Result<http::Response> response = [&]() -> Result<http::Response> {
    if (path.size() == 1) {
      return AnswerTargets(backend, request);
    }
    if (path.size() == 2) {
      const auto snapshot = backend.Snapshot(path[1]);
      return snapshot ? JsonAnswer(200, TargetJson(*snapshot)) : NotFound("target");
    }
    return AnswerRecords(backend, *target, Parts(path.begin() + 2, path.end()), request);
  }();
  if (!response) {
    return ErrorAnswer(response.error());
  }
  AddETag(request, *response);
  return *std::move(response);
}

std::string_view OpenApiDocument() { return ApiFile("openapi.json"); }

http::Response AnswerCheckpoint(Backend& backend, const std::string& name) {
  const auto target = backend.FindTarget(name);
  if (!target) {
    return NotFound("target");
  }
  const auto checkpoint = [&]() -> Result<std::optional<CheckpointRecord>> {
    ASSIGN_OR_RETURN(Records records, backend.OpenRecords(*target));
    return records.Checkpoint();
  }();
  if (!checkpoint) {
    return ErrorAnswer(checkpoint.error());
  }
  if (!*checkpoint || !(*checkpoint)->is_signed) {
    return ErrorAnswer(404, "not_found", "this ledger has no signed checkpoint yet",
                       "give the target a signing_key_file; a run signs one");
  }
  http::Response response{.body = (*checkpoint)->note};
  response.Add("Content-Type", "text/plain; charset=utf-8");
  return response;
}

}  // namespace paliad::serve
