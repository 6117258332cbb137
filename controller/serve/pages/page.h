// One page in the making: who looks, at which target, and the values for its template.
#ifndef PALIAD_CONTROLLER_SERVE_PAGES_PAGE_H_
#define PALIAD_CONTROLLER_SERVE_PAGES_PAGE_H_

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/json_fwd.h"
#include "controller/serve/access/access.h"
#include "controller/serve/backend/backend.h"
#include "controller/serve/http/message.h"

namespace paliad::serve {

struct PageContext {
  Backend& backend;
  const http::Request& request;
  std::optional<Person> person;  // none: only the sign-in and what everybody may see
  std::string target;            // empty: of no target
};

// What page_head.mustache and page_foot.mustache need. `tab` is "", "runs", "migrations" or "ledger".
OrderedJson PageData(const PageContext& context, std::string_view title, std::string_view tab = "");

http::Response HtmlAnswer(int status, std::string_view template_name, const OrderedJson& data);

// The page of an error, in words for people.
http::Response ErrorPage(const PageContext& context, int status, std::string_view title,
                         std::string_view message, std::string_view hint);
http::Response ErrorPage(const PageContext& context, const Error& error);
http::Response NoSuchPage(const PageContext& context);

// "cannot …: …; hint", for a notice within a page.
std::string Problem(const Error& error);

// One a page. REQUIRES: context.person, and where a target is named, there is that target.
http::Response TargetsPage(const PageContext& context);
http::Response TargetPage(const PageContext& context);
http::Response RunsPage(const PageContext& context);
http::Response RunPage(const PageContext& context, const std::string& run_id);
http::Response MigrationsPage(const PageContext& context);
http::Response MigrationPage(const PageContext& context, const std::string& version);
http::Response LedgerPage(const PageContext& context);

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_PAGES_PAGE_H_
