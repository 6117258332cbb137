#include "controller/serve/pages/pages.h"

#include <spdlog/spdlog.h>

#include "base/json.h"
#include "base/text.h"
#include "controller/serve/api/answers.h"
#include "controller/serve/api/api.h"
#include "controller/serve/http/parse.h"
#include "controller/serve/pages/page.h"
#include "controller/serve/pages/template_files.h"

namespace paliad::serve {
namespace {

using Parts = std::vector<std::string>;

http::Response Redirect(const std::string& to) {
  http::Response response{.status = 303};
  response.Add("Location", to);
  return response;
}

// Only a path of this site: "//evil" and "/\evil" are other hosts to a browser.
std::string SafeNext(const std::string& next) {
  const bool own = next.size() > 1 && next[0] == '/' && next[1] != '/' && next[1] != '\\' &&
                   next.find_first_of("\r\n\t") == std::string::npos;
  return own ? next : "/";
}

std::string Field(const http::Parameters& form, std::string_view name) {
  for (const auto& [key, value] : form) {
    if (key == name) {
      return value;
    }
  }
  return "";
}

// A browser says where a form was; another site must not sign somebody in here.
bool FromElsewhere(const http::Request& request) {
  const auto origin = request.Header("origin");
  if (!origin) {
    return false;
  }
  const auto host = origin->find("://");
  return host == std::string_view::npos || origin->substr(host + 3) != request.Header("host").value_or("");
}

http::Response SignInPage(const PageContext& context, int status, const std::string& next,
                          const std::string& failed) {
  OrderedJson data = PageData(context, "Sign in");
  data["next"] = SafeNext(next);
  data["failed"] = failed;
  return HtmlAnswer(status, "login", data);
}

http::Response AnswerSignIn(const PageContext& context, Access& access) {
  if (context.request.method != "POST") {
    const auto query = http::ParseParameters(context.request.query).value_or(http::Parameters());
    return SignInPage(context, 200, Field(query, "next"), "");
  }
  const auto form = http::ParseParameters(context.request.body).value_or(http::Parameters());
  const std::string next = SafeNext(Field(form, "next"));
  const auto session = FromElsewhere(context.request) ? std::nullopt : access.SignIn(Field(form, "token"));
  if (!session) {
    spdlog::warn("a sign-in from {} failed", context.request.peer);
    return SignInPage(context, 401, next, "This is not a token, or it was revoked.");
  }
  http::Response response = Redirect(next);
  response.Add("Set-Cookie", Access::SetCookie(*session));
  return response;
}

// The form came from a page that was made for this sign-in. (A token in the header needs no such proof: no
// other site can make a browser send it.)
bool IsOwn(const PageContext& context, const http::Parameters& form) {
  return context.person &&
         (context.request.Header("authorization") || Access::IsOwnForm(*context.person, Field(form, "csrf")));
}

http::Response AnswerSignOut(const PageContext& context, Access& access) {
  const auto form = http::ParseParameters(context.request.body).value_or(http::Parameters());
  if (context.person && !context.person->anonymous && !IsOwn(context, form)) {
    return ErrorPage(context, 403, "Not signed out", "The form was not made for this sign-in.",
                     "Go back, load the page again, and try once more.");
  }
  access.SignOut(context.request);
  http::Response response = Redirect("/login");
  response.Add("Set-Cookie", Access::SetCookie(""));
  return response;
}

http::Response AnswerAct(const PageContext& context, const std::string& verb) {
  const auto form = http::ParseParameters(context.request.body);
  if (context.person->role != Role::kOperator) {
    return ErrorPage(context, 403, "Not allowed", "An auditor may look, and not act.",
                     "An operator's token may: paliadctl token new --role operator");
  }
  if (!form || !IsOwn(context, *form)) {
    return ErrorPage(context, 403, "Not done", "The form was not made for this sign-in.",
                     "Go back, load the page again, and try once more.");
  }
  const Status done = Act(context.backend, *context.person, context.target,
                          {.verb = verb,
                           .reason = Field(*form, "reason"),
                           .accept_rewrite = verb == "resume" && Field(*form, "accept_rewrite") == "yes"});
  return done ? Redirect("/targets/" + http::PercentEncode(context.target))
              : ErrorPage(context, done.error());
}

std::optional<http::Response> StaticFile(const Parts& path, const http::Request& request) {
  const std::string name = path.size() == 1 ? path[0] : "";
  if (name != "style.css" && name != "icon.svg") {
    return std::nullopt;
  }
  http::Response response{.body = std::string(PageFile(name))};
  response.Add("Content-Type", name == "style.css" ? "text/css; charset=utf-8" : "image/svg+xml");
  response.Add("Cache-Control", "public, max-age=0, must-revalidate");
  AddETag(request, response);
  return response;
}

bool IsVerb(const std::string& word) { return word == "reconcile" || word == "suspend" || word == "resume"; }

// REQUIRES: there is a person and such a target. `rest` follows the target's name.
http::Response AnswerTarget(const PageContext& context, const Parts& rest) {
  if (rest.empty()) {
    return TargetPage(context);
  }
  if (rest[0] == "runs") {
    return rest.size() == 1 ? RunsPage(context) : RunPage(context, rest[1]);
  }
  if (rest[0] == "migrations") {
    return rest.size() == 1 ? MigrationsPage(context) : MigrationPage(context, rest[1]);
  }
  return rest[0] == "ledger" && rest.size() == 1 ? LedgerPage(context) : NoSuchPage(context);
}

}  // namespace

http::Response AnswerPage(Backend& backend, Access& access, const Parts& path, const http::Request& request) {
  if (auto file = StaticFile(path, request)) {
    return *std::move(file);
  }
  PageContext context{.backend = backend, .request = request, .person = access.Identify(request)};
  const bool posts = request.method == "POST";
  if (path == Parts{"login"}) {
    return AnswerSignIn(context, access);
  }
  if (path == Parts{"logout"} && posts) {
    return AnswerSignOut(context, access);
  }
  if (!context.person) {
    const std::string here = request.path + (request.query.empty() ? "" : "?" + request.query);
    return Redirect(posts || here == "/" ? "/login" : "/login?next=" + http::PercentEncode(here));
  }
  if (path.empty()) {
    return TargetsPage(context);
  }
  if (path[0] != "targets" || path.size() < 2 || path.size() > 4 || !backend.FindTarget(path[1])) {
    return path == Parts{"targets"} ? Redirect("/") : NoSuchPage(context);
  }
  context.target = path[1];
  if (path.size() == 3 && IsVerb(path[2])) {
    return posts ? AnswerAct(context, path[2]) : Redirect("/targets/" + http::PercentEncode(path[1]));
  }
  return AnswerTarget(context, Parts(path.begin() + 2, path.end()));
}

}  // namespace paliad::serve
