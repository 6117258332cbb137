#include "tests/pulls/forge_scenario.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <thread>

#include "base/json.h"
#include "tests/support/postgres_server.h"

namespace paliad::testing {
namespace {

// Far beyond what anything here takes: only what never comes waits so long.
constexpr std::chrono::seconds kPatience{90};
constexpr std::chrono::milliseconds kTick{50};

Files InFolder(const Files& files) {
  Files paths;
  for (const auto& [name, text] : files) {
    paths.emplace_back("migrations/" + name, text);
  }
  return paths;
}

}  // namespace

std::string Rendered(std::string_view markdown) {
  std::string text;
  for (std::size_t at = 0; at < markdown.size();) {
    const std::size_t end = markdown.find(';', at);
    if (markdown.substr(at, 2) == "&#" && end != std::string_view::npos) {
      const int character = std::stoi(std::string(markdown.substr(at + 2, end - at - 2)));
      text += character < 128 ? std::string(1, static_cast<char>(character)) : "";
      at = end + 1;
    } else {
      text += markdown[at++];
    }
  }
  return text;
}

ForgeScenario::ForgeScenario(std::string_view kind)
    : ForgeScenario(kind, PostgresServer::Shared().CreateDatabase()) {}

ForgeScenario::ForgeScenario(std::string_view kind, const std::string& database)
    : served_(database), forge_(kind, served_.origin()) {}

void ForgeScenario::TearDown() {
  if (controller_) {
    EXPECT_EQ(Served::Stop(*controller_), 0) << served_.Logs();
    EXPECT_EQ(served_.Inconsistency(), "");
    EXPECT_EQ(served_.Logs().find(FakeForge::kToken), std::string::npos) << "the token was logged";
  }
  EXPECT_EQ(forge_.Violations(), "");
}

std::string ForgeScenario::PushAs(const std::string& branch, const Files& paths,
                                  const std::string& reference) {
  GitRepo& repo = served_.repo();
  for (const auto& [path, text] : paths) {
    if (text.empty()) {
      repo.Remove(path);
    } else {
      repo.Write(path, text);
    }
  }
  std::string commit = repo.Commit("change " + branch);
  repo.Git({"push", "--quiet", "origin", "HEAD:" + reference});
  repo.Checkout("main");
  return commit;
}

std::string ForgeScenario::Branch(const std::string& branch, const Files& files) {
  served_.repo().CreateBranch(branch);
  return PushAs(branch, InFolder(files), "refs/heads/" + branch);
}

std::string ForgeScenario::ChangePaths(const std::string& branch, const Files& paths) {
  served_.repo().Checkout(branch);
  return PushAs(branch, paths, "refs/heads/" + branch);
}

std::string ForgeScenario::Change(const std::string& branch, const Files& files) {
  return ChangePaths(branch, InFolder(files));
}

int ForgeScenario::Open(const std::string& branch, const Files& files) {
  Branch(branch, files);
  return forge_.Open({.branch = branch});
}

std::string ForgeScenario::PushMain(const Files& files) {
  return PushAs("main", InFolder(files), "refs/heads/main");
}

void ForgeScenario::PullMain() { served_.repo().Git({"pull", "--quiet", "--ff-only", "origin", "main"}); }

void ForgeScenario::Configure(const std::string& more) {
  ServedTarget& target = served_.targets.front();
  target.repository = forge_.repository_url();
  target.keys = fmt::format(
      "scratch_env = 'SCRATCH'\n[target.forge]\nkind = '{}'\nurl = '{}'\nproject = '{}'\ntoken_env = "
      "'FORGE_TOKEN'\n{}",
      forge_.kind(), forge_.url(), FakeForge::kProject, more);
  served_.variables["SCRATCH"] = Url();
  served_.variables["FORGE_TOKEN"] = FakeForge::kToken;
  served_.WriteConfig();
}

void ForgeScenario::Serve(const std::string& more) {
  Configure(more);
  controller_ = served_.Start();
}

void ForgeScenario::ServeWithWebhooks(const std::string& secret) {
  served_.variables["HOOK_SECRET"] = secret;
  Serve("webhook_secret_env = 'HOOK_SECRET'\n");
  forge_.SetWebhook(fmt::format("http://127.0.0.1:{}/hooks/default", served_.AwaitServing(*controller_)),
                    secret);
}

std::string ForgeScenario::Word(std::string_view state) const {
  const bool gitlab = forge_.kind() == "gitlab";
  return gitlab && (state == "failure" || state == "error") ? "failed" : std::string(state);
}

void ForgeScenario::AwaitTrue(std::string_view what, const std::function<bool()>& ask) const {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!ask()) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "it never came to be: " << what << "\n"
                                                          << forge_.Violations() << served_.Logs();
    std::this_thread::sleep_for(kTick);
  }
}

void ForgeScenario::AwaitStatus(const std::string& commit, std::string_view context, std::string_view state) {
  Json statuses;
  AwaitTrue(fmt::format("{} of {} is {}", context, commit, state), [&] {
    statuses = forge_.Statuses(commit);
    return forge_.Status(commit, context) == Word(state);
  });
  ASSERT_EQ(forge_.Status(commit, context), Word(state)) << statuses.dump(2);
}

Json ForgeScenario::OurComments(int number) const {
  Json ours = Json::array();
  for (const Json& comment : forge_.Comments(number)) {
    if (comment.at("author") == FakeForge::kBot) {
      ours.push_back(comment);
    }
  }
  return ours;
}

Json ForgeScenario::AwaitComment(int number, std::string_view text) {
  Json ours;
  AwaitTrue(fmt::format("a comment on {} holds {}", number, text), [&] {
    ours = OurComments(number);
    return !ours.empty() && ours[0].at("body").get<std::string>().find(text) != std::string::npos;
  });
  EXPECT_EQ(ours.size(), 1U) << ours.dump(2);
  return ours.empty() ? Json{{"id", 0}, {"body", ""}} : ours[0];
}

void ForgeScenario::AwaitAllTold() {
  served_.Await("SELECT count(*) FROM paliad_controller.feedback WHERE delivered < generation", "0");
}

}  // namespace paliad::testing
