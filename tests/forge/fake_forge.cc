#include "tests/forge/fake_forge.h"

#include <fmt/format.h>

#include <chrono>
#include <map>
#include <memory>
#include <stdexcept>

#include "base/json.h"
#include "tests/support/http_client.h"

namespace paliad::testing {
namespace {

Command MakeCommand(const std::string& kind, const std::string& repository) {
  return {.argv = {"python3", "tests/forge/fake_forge.py", "--kind", kind, "--repository", repository,
                   "--project", FakeForge::kProject, "--token", FakeForge::kToken, "--descriptions",
                   "tests/testdata/forge"},
          .env = {{"PYTHONDONTWRITEBYTECODE", "1"}},
          .deadline = std::chrono::minutes(10)};
}

std::string Lines(const Json& texts) {
  std::string lines;
  for (const Json& text : texts) {
    lines += text.get<std::string>() + "\n";
  }
  return lines;
}

}  // namespace

FakeForge::FakeForge(std::string_view kind, const std::string& repository)
    : kind_(kind), process_(MakeCommand(kind_, repository)) {
  constexpr std::string_view kReady = "ready ";
  const std::string said = process_.ReadStdoutUntil("\n");
  if (!said.starts_with(kReady)) {
    throw std::runtime_error("the fake forge said: " + said);
  }
  port_ = static_cast<std::uint16_t>(std::stoi(said.substr(kReady.size())));
}

FakeForge& FakeForge::Shared(std::string_view kind, const std::string& repository) {
  static auto& forges = *new std::map<std::string, std::unique_ptr<FakeForge>>();
  std::unique_ptr<FakeForge>& forge = forges[std::string(kind)];
  if (forge == nullptr) {
    forge = std::make_unique<FakeForge>(kind, repository);
  } else {
    forge->Call("renew", {{"repository", repository}});
  }
  return *forge;
}

std::string FakeForge::url() const { return fmt::format("http://127.0.0.1:{}", port_); }

std::string FakeForge::repository_url() const { return fmt::format("{}/{}.git", url(), kProject); }

std::string FakeForge::api_path() const {
  if (kind_ == "gitlab") {
    return "/api/v4/projects/m%2Fpaliad";
  }
  return fmt::format("/api/{}/repos/{}", kind_ == "github" ? "v3" : "v1", kProject);
}

std::string FakeForge::head_ref(int number) const {
  return fmt::format("refs/{}/{}/head", kind_ == "gitlab" ? "merge-requests" : "pull", number);
}

Json FakeForge::Call(std::string_view name, const Json& arguments) const {
  const HttpReply reply = Fetch(port_, "POST", fmt::format("/_control/{}", name), "", arguments.dump());
  if (reply.status != 200) {
    throw std::runtime_error(fmt::format("the fake forge: {}", reply.body));
  }
  return Json::parse(reply.body);
}

int FakeForge::Open(const NewPull& pull) {
  return Call("open",
              {{"branch", pull.branch}, {"author", pull.author}, {"title", pull.title}, {"fork", pull.fork}})
      .at("number");
}

void FakeForge::Pushed(std::string_view branch) { Call("pushed", {{"branch", branch}}); }

void FakeForge::Close(int number) { Call("close", {{"number", number}}); }

std::string FakeForge::Merge(int number, std::string_view merger) {
  return Call("merge", {{"number", number}, {"merger", merger}}).at("commit");
}

std::vector<std::string> FakeForge::MergeByRebase(int number, std::string_view merger) {
  return Call("merge_by_rebase", {{"number", number}, {"merger", merger}})
      .at("commits")
      .get<std::vector<std::string>>();
}

void FakeForge::ShowMergesLate(int lookups) { Call("show_merges_late", {{"lookups", lookups}}); }

void FakeForge::CloseFork(std::string_view owner, bool closed) {
  Call("close_fork", {{"owner", owner}, {"closed", closed}});
}

void FakeForge::Review(int number, std::string_view reviewer, std::string_view state,
                       std::string_view commit) {
  Call("review", {{"number", number}, {"reviewer", reviewer}, {"state", state}, {"commit", commit}});
}

std::int64_t FakeForge::Comment(int number, std::string_view author, std::string_view body) {
  return Call("comment", {{"number", number}, {"author", author}, {"body", body}}).at("id");
}

void FakeForge::ForgetComment(std::int64_t id) { Call("forget_comment", {{"id", id}}); }

void FakeForge::Grant(std::string_view login, std::string_view right) {
  Call("grant", {{"login", login}, {"right", right}});
}

void FakeForge::SetPageLimit(int items) { Call("page_limit", {{"items", items}}); }

void FakeForge::SetWebhook(std::string_view url, std::string_view secret) {
  Call("webhook", {{"url", url}, {"secret", secret}});
}

void FakeForge::AddFault(const ForgeFault& fault) {
  Json headers = Json::object();
  if (const std::size_t colon = fault.header.find(": "); colon != std::string::npos) {
    headers[fault.header.substr(0, colon)] = fault.header.substr(colon + 2);
  }
  Call("fault", {{"how", fault.how},
                 {"count", fault.count},
                 {"method", fault.method},
                 {"path", fault.path},
                 {"status", fault.status},
                 {"headers", headers}});
}

void FakeForge::Heal() { Call("heal", Json::object()); }

Json FakeForge::Statuses(std::string_view commit) const { return Call("statuses", {{"commit", commit}}); }

std::string FakeForge::Status(std::string_view commit, std::string_view context) const {
  const Json statuses = Statuses(commit);
  const auto found = statuses.find(std::string(context));
  return found == statuses.end() ? "" : found->at("state").get<std::string>();
}

Json FakeForge::Comments(int number) const { return Call("comments", {{"number", number}}); }

Json FakeForge::Seen() const { return Call("seen", Json::object()); }

std::string FakeForge::Violations() const {
  const Json seen = Seen();
  return Lines(seen.at("refused")) + Lines(seen.at("broken"));
}

int FakeForge::Requests(std::string_view text) const {
  int count = 0;
  const Json seen = Seen();
  for (const Json& request : seen.at("requests")) {
    count += request.at("operation").get<std::string>().find(text) != std::string::npos ? 1 : 0;
  }
  return count;
}

Json FakeForge::Operations() const { return Call("operations", Json::object()); }

}  // namespace paliad::testing
