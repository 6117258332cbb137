#include "controller/serve/pages/page.h"

#include "base/json.h"
#include "controller/serve/api/answers.h"
#include "controller/serve/pages/render.h"
#include "controller/serve/pages/words.h"
#include "controller/version.h"

namespace paliad::serve {
namespace {

OrderedJson Tab(const std::string& base, std::string_view id, std::string_view label,
                std::string_view current) {
  return {{"href", id.empty() ? base : base + "/" + std::string(id)},
          {"label", label},
          {"current", id == current}};
}

}  // namespace

OrderedJson PageData(const PageContext& context, std::string_view title, std::string_view tab) {
  OrderedJson data = {{"title", title}, {"program_version", kVersion}};
  if (context.person) {
    data["person"] = {{"name", context.person->anonymous ? "not signed in" : context.person->name},
                      {"role", context.person->anonymous ? "" : RoleName(context.person->role)},
                      {"csrf", context.person->csrf},
                      {"anonymous", context.person->anonymous}};
    data["csrf"] = context.person->csrf;
    data["operator"] = context.person->role == Role::kOperator;
  }
  if (!context.target.empty()) {
    const std::string base = TargetPath(context.target);
    data["base"] = base;
    data["name"] = context.target;
    data["target_nav"] = {{"base", base},
                          {"name", context.target},
                          {"tabs",
                           {Tab(base, "", "Now", tab), Tab(base, "runs", "Runs", tab),
                            Tab(base, "migrations", "Migrations", tab), Tab(base, "ledger", "Ledger", tab)}}};
  }
  return data;
}

http::Response HtmlAnswer(int status, std::string_view template_name, const OrderedJson& data) {
  http::Response response{.status = status, .body = RenderTemplate(template_name, data)};
  response.Add("Content-Type", "text/html; charset=utf-8");
  return response;
}

http::Response ErrorPage(const PageContext& context, int status, std::string_view title,
                         std::string_view message, std::string_view hint) {
  PageContext without_target = context;
  if (!context.person) {
    without_target.target.clear();
  }
  OrderedJson data = PageData(without_target, title, "-");
  data["message"] = message;
  data["hint"] = hint;
  const bool has_target = !without_target.target.empty();
  data["back"] = has_target ? TargetPath(context.target) : "/";
  data["back_label"] = has_target ? "Back to the target" : "To the targets";
  return HtmlAnswer(status, "error", data);
}

http::Response ErrorPage(const PageContext& context, const Error& error) {
  const int status = StatusOf(error.kind);
  return ErrorPage(context, status, status < 500 ? "That was not done" : "That did not work", error.Message(),
                   error.hint);
}

http::Response NoSuchPage(const PageContext& context) {
  return ErrorPage(context, 404, "There is no such page", "What the address names is not here.", "");
}

std::string Problem(const Error& error) {
  return error.hint.empty() ? error.Message() : error.Message() + "; " + error.hint;
}

}  // namespace paliad::serve
