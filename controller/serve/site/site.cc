#include "controller/serve/site/site.h"

#include <spdlog/spdlog.h>

#include <atomic>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "controller/serve/access/access.h"
#include "controller/serve/api/answers.h"
#include "controller/serve/api/api.h"
#include "controller/serve/api/shapes.h"
#include "controller/serve/http/server.h"
#include "controller/serve/metrics/metrics.h"
#include "controller/serve/pages/pages.h"
#include "controller/serve/webhook/receiver.h"

namespace paliad::serve {
namespace {

using Parts = std::vector<std::string>;

http::Response PlainText(std::string body) {
  http::Response response{.body = std::move(body)};
  response.Add("Content-Type", "text/plain; charset=utf-8").Add("Cache-Control", "no-store");
  return response;
}

http::Response NotFound() {
  return ErrorAnswer(404, "not_found", "there is no such path", "docs/http.md lists what there is");
}

// Refused before anybody looked at what it asks for.
http::Response Refuse(int status, const std::string& message) {
  const std::string_view kind = status == 413   ? "too_large"
                                : status == 503 ? "busy"
                                : status == 500 ? "internal"
                                                : "invalid_input";
  return ErrorAnswer(status, kind, message, status == 413 ? "a body may have 3 MiB" : "");
}

bool Has(const http::Response& response, std::string_view name) {
  for (const auto& header : response.headers) {
    if (header.first == name) {
      return true;
    }
  }
  return false;
}

// Whatever the answer is: nothing of another origin, no script, no frame, no guessing of types.
void AddSecurityHeaders(const http::Request& request, http::Response& response) {
  response
      .Add("Content-Security-Policy",
           "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
           "frame-ancestors 'none'")
      .Add("X-Content-Type-Options", "nosniff")
      .Add("X-Frame-Options", "DENY")
      .Add("Referrer-Policy", "same-origin")
      .Add("Cross-Origin-Resource-Policy", "same-origin");
  if (request.encrypted) {
    response.Add("Strict-Transport-Security", "max-age=31536000");
  }
  if (!Has(response, "Cache-Control")) {
    // With an ETag: kept by the reader alone, and asked for again each time.
    response.Add("Cache-Control", Has(response, "ETag") ? "private, no-cache" : "no-store");
  }
}

Result<std::shared_ptr<const http::TlsContext>> LoadTls(const SiteOptions& options) {
  if (options.certificate_file.empty() != options.key_file.empty()) {
    return Fail({.kind = ErrorKind::kInvalidInput,
                 .doing = "set TLS up",
                 .subject = "",
                 .cause = options.key_file.empty() ? "certificate_file is set and key_file is not"
                                                   : "key_file is set and certificate_file is not",
                 .hint = "set both, or none"});
  }
  if (options.certificate_file.empty()) {
    return std::shared_ptr<const http::TlsContext>();
  }
  return http::TlsContext::Load(options.certificate_file, options.key_file);
}

class HttpSite final : public Site {
 public:
  HttpSite(const SiteOptions& options, Control& control, Metrics& metrics, const Clock& clock)
      : metrics_(metrics),
        backend_(control),
        access_(options.tokens_file, clock),
        webhooks_(control, clock, [&metrics](const std::string& target, std::string_view result) {
          metrics.WebhookAnswered(target, result);
        }) {
    Apply(options);
  }

  Status Start(const SiteOptions& options, const Clock& clock) {
    ASSIGN_OR_RETURN(const auto tls, LoadTls(options));
    encrypted_ = tls != nullptr;
    http::Handler handler{.lane = [](const http::Request& request) { return LaneOf(request); },
                          .answer = [this](const http::Request& request) { return Answer(request); },
                          .refuse =
                              [](int status, const std::string& message) {
                                http::Response response = Refuse(status, message);
                                AddSecurityHeaders({}, response);
                                return response;
                              }};
    ASSIGN_OR_RETURN(server_, http::Server::Start(options.listen, tls, std::move(handler), {}, clock));
    return {};
  }

  std::uint16_t port() const override { return server_->port(); }

  Status Update(const SiteOptions& options) override {
    ASSIGN_OR_RETURN(const auto tls, LoadTls(options));
    if ((tls != nullptr) == encrypted_) {
      server_->SetTls(tls);
    } else {
      spdlog::warn("whether HTTP is encrypted does not change until the next start");
    }
    Apply(options);
    return {};
  }

 private:
  void Apply(const SiteOptions& options) {
    access_.set_anonymous_read(options.anonymous_read);
    backend_.SetTargets(options.targets);
  }

  static http::Lane LaneOf(const http::Request& request) {
    const std::string_view path = request.path;
    if (path == "/healthz") {
      return http::Lane::kAtOnce;
    }
    const bool fast = path == "/readyz" || path == "/metrics" || path == "/api/v1/openapi.json" ||
                      path == "/style.css" || path == "/icon.svg" || path.substr(0, 7) == "/hooks/";
    return fast ? http::Lane::kFast : http::Lane::kSlow;
  }

  http::Response Answer(const http::Request& request) {
    const auto path = SplitPath(request.path);
    http::Response response = path ? Route(*path, request) : NotFound();
    AddSecurityHeaders(request, response);
    // Without the query and the headers: a token never gets into a log.
    spdlog::debug("{} {} {} {}", request.peer, request.method, EscapeForTerminal(request.path),
                  response.status);
    return response;
  }

  http::Response Route(const Parts& path, const http::Request& request) {
    if (path.size() == 2 && path[0] == "hooks") {
      return AnswerWebhook(path[1], request);
    }
    if (path.size() >= 2 && path[0] == "api" && path[1] == "v1") {
      return AnswerV1(path, request);
    }
    if (request.method != "GET" && request.method != "HEAD" && request.method != "POST") {
      http::Response response = ErrorAnswer(405, "invalid_input", "this method means nothing here", "");
      return response.Add("Allow", "GET, HEAD, POST");
    }
    if (path == Parts{"healthz"}) {
      return PlainText("ok\n");
    }
    if (path == Parts{"readyz"}) {
      return AnswerReady();
    }
    if (path == Parts{"metrics"}) {
      http::Response response{.body = metrics_.Text(backend_.Snapshots())};
      return response.Add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    }
    if (path.size() == 2 && path[0] == "checkpoint") {
      return AnswerCheckpoint(backend_, path[1]);
    }
    return AnswerPage(backend_, access_, path, request);
  }

  http::Response AnswerV1(const Parts& path, const http::Request& request) {
    if (path == Parts{"api", "v1", "openapi.json"}) {
      http::Response response{.body = std::string(OpenApiDocument())};
      response.Add("Content-Type", "application/json");
      AddETag(request, response);
      return response;
    }
    const auto person = access_.Identify(request);
    if (!person) {
      http::Response response =
          ErrorAnswer(401, "unauthorized", "this needs a token, and there is none, or it is not one",
                      "send `Authorization: Bearer TOKEN`; `paliadctl token new` makes one");
      return response.Add("WWW-Authenticate", "Bearer realm=\"paliad\"");
    }
    return AnswerApi(backend_, *person, Parts(path.begin() + 2, path.end()), request);
  }

  http::Response AnswerWebhook(const std::string& name, const http::Request& request) {
    const auto target = backend_.FindTarget(name);
    if (!target || !target->forge || target->forge->webhook_secrets.empty()) {
      return ErrorAnswer(404, "not_found", "no webhook is set up here",
                         "a target takes webhooks once its [target.forge] has a webhook_secret_env");
    }
    if (request.method != "POST") {
      http::Response response = ErrorAnswer(405, "invalid_input", "webhooks are POSTed", "use POST");
      return response.Add("Allow", "POST");
    }
    return webhooks_.Receive({.name = name,
                              .branch = target->target.branch,
                              .kind = target->forge->kind,
                              .secrets = target->forge->webhook_secrets},
                             request);
  }

  // The configuration was read, or there would be no site.
  http::Response AnswerReady() {
    bool ready = true;
    OrderedJson targets = OrderedJson::array();
    for (const TargetSnapshot& snapshot : backend_.Snapshots()) {
      ready &= snapshot.database.ok() && snapshot.repository.ok();
      targets.push_back({{"target", snapshot.name},
                         {"database", ReachabilityJson(snapshot.database)},
                         {"repository", ReachabilityJson(snapshot.repository)}});
    }
    return JsonAnswer(ready ? 200 : 503, {{"ready", ready}, {"targets", std::move(targets)}});
  }

  Metrics& metrics_;
  Backend backend_;
  Access access_;
  WebhookReceiver webhooks_;
  bool encrypted_ = false;
  std::unique_ptr<http::Server> server_;  // the last one: it answers from all above
};

}  // namespace

Result<std::unique_ptr<Site>> StartSite(const SiteOptions& options, Control& control, Metrics& metrics,
                                        const Clock& clock) {
  auto site = std::make_unique<HttpSite>(options, control, metrics, clock);
  RETURN_IF_ERROR(site->Start(options, clock));
  return site;
}

}  // namespace paliad::serve
