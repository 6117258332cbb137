// The pages at /, for people: sign-in, targets, runs, migrations, the ledger. They need no JavaScript.
#ifndef PALIAD_CONTROLLER_SERVE_PAGES_PAGES_H_
#define PALIAD_CONTROLLER_SERVE_PAGES_PAGES_H_

#include <optional>
#include <string>
#include <vector>

#include "controller/serve/access/access.h"
#include "controller/serve/backend/backend.h"
#include "controller/serve/http/message.h"

namespace paliad::serve {

// `path`: the decoded parts (SplitPath). Who may not read is led to the sign-in, and comes back afterwards.
http::Response AnswerPage(Backend& backend, Access& access, const std::vector<std::string>& path,
                          const http::Request& request);

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_PAGES_PAGES_H_
