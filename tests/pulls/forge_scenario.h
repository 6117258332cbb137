// A project on a fake forge, a database, a scratch server, and the real controller between them.
#ifndef PALIAD_TESTS_PULLS_FORGE_SCENARIO_H_
#define PALIAD_TESTS_PULLS_FORGE_SCENARIO_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "tests/core/scratch_fixture.h"
#include "tests/forge/fake_forge.h"
#include "tests/serve/served.h"
#include "tests/support/process.h"

namespace paliad::testing {

inline constexpr char kPolicyContext[] = "paliad/default/policy";
inline constexpr char kDryRunContext[] = "paliad/default/dry-run";
inline constexpr char kApplyContext[] = "paliad/default/apply";

// What a reader sees of text in Markdown: character references resolved, zero width spaces gone.
std::string Rendered(std::string_view markdown);

// Every test ends with the forge being asked whether anything was wrong with a request. Whatever is awaited
// and does not come fails the test with the controller's logs.
class ForgeScenario : public ScratchFixture {
 protected:
  // One of FakeForge's kinds; `database`: of the target.
  explicit ForgeScenario(std::string_view kind = "gitea");
  ForgeScenario(std::string_view kind, const std::string& database);
  void TearDown() override;

  // `branch` from the main branch as it is on the forge, with these files below migrations/ changed (text
  // empty: removed), pushed. Returns its head.
  std::string Branch(const std::string& branch, const Files& files);
  // One more commit on it.
  std::string Change(const std::string& branch, const Files& files);
  // The same with any path.
  std::string ChangePaths(const std::string& branch, const Files& paths);
  // Branches and opens, in the name of ada.
  int Open(const std::string& branch, const Files& files);
  std::string Head(const std::string& branch) { return served_.repo().RevParse(branch); }
  // A commit on the main branch itself, pushed.
  std::string PushMain(const Files& files);
  // Brings what the forge merged.
  void PullMain();

  // Writes the configuration of what was pushed; `more`: lines of [target.forge].
  void Configure(const std::string& more = "");
  // Starts the controller over what was pushed; `more`: lines of [target.forge].
  void Serve(const std::string& more = "");
  // The same; the forge sends it webhooks, signed with `secret`.
  void ServeWithWebhooks(const std::string& secret = "s3cret");

  // The forge's own word for it: "success", "failure", "error", "pending" as GitLab says it.
  std::string Word(std::string_view state) const;
  void AwaitStatus(const std::string& commit, std::string_view context, std::string_view state);
  // Waits for one comment of ours that holds the text, and returns it: {"id":…,"body":…}.
  Json AwaitComment(int number, std::string_view text);
  // All of ours.
  Json OurComments(int number) const;
  // Waits until the outbox is empty.
  void AwaitAllTold();
  void AwaitTrue(std::string_view what, const std::function<bool()>& ask) const;

  Served served_;
  FakeForge forge_;
  std::unique_ptr<BackgroundProcess> controller_;

 private:
  std::string PushAs(const std::string& branch, const Files& paths, const std::string& reference);
};

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_PULLS_FORGE_SCENARIO_H_
