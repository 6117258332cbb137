// /api/v1: targets, runs, entries, migrations and proofs as JSON, and what an operator may do.
#ifndef PALIAD_CONTROLLER_SERVE_API_API_H_
#define PALIAD_CONTROLLER_SERVE_API_API_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "controller/serve/access/access.h"
#include "controller/serve/backend/backend.h"
#include "controller/serve/http/message.h"

namespace paliad::serve {

// The decoded parts of a path between its slashes: "/a/b%2Fc" is {"a","b/c"}. None for a broken escape or an
// empty part.
std::optional<std::vector<std::string>> SplitPath(std::string_view path);

// `path` is what follows /api/v1. REQUIRES: `person` may read.
http::Response AnswerApi(Backend& backend, const Person& person, const std::vector<std::string>& path,
                         const http::Request& request);

// openapi.json as it was built in.
std::string_view OpenApiDocument();

// GET /checkpoint/{target}: the note's bytes, or an error.
http::Response AnswerCheckpoint(Backend& backend, const std::string& target);

struct Action {
  std::string verb;  // "reconcile", "suspend", "resume"
  std::string reason;
  bool accept_rewrite = false;
};

// Does it in the name of `person`. kInvalidInput without a reason, or one of more than 1,000 bytes; else as
// Control. REQUIRES: the person is an operator, the verb one of the three.
[[nodiscard]] Status Act(Backend& backend, const Person& person, const std::string& target, Action action);

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_API_API_H_
