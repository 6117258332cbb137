// The answers that all of HTTP shares: JSON, errors, ETags.
#ifndef PALIAD_CONTROLLER_SERVE_API_ANSWERS_H_
#define PALIAD_CONTROLLER_SERVE_API_ANSWERS_H_

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/json_fwd.h"
#include "controller/serve/http/message.h"

namespace paliad::serve {

http::Response JsonAnswer(int status, const OrderedJson& json);

// {"error":{"kind":…,"message":…,"hint":…}}. `kind` is one of ErrorKindName, or one of HTTP's own:
// "unauthorized", "forbidden", "not_found", "too_large", "busy". Public; never rename.
http::Response ErrorAnswer(int status, std::string_view kind, std::string_view message,
                           std::string_view hint);
http::Response ErrorAnswer(const Error& error);

// What an error means in HTTP.
int StatusOf(ErrorKind kind);

// Adds the ETag, and turns a 200 into 304 where the client has the same.
void AddETag(const http::Request& request, http::Response& response);

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_API_ANSWERS_H_
