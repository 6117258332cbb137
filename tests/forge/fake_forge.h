// A forge on loopback with a project of its own: its API, and git over HTTP (fake_forge.py). It holds state
// and checks its caller: what the forge's own API description forbids is refused and remembered.
#ifndef PALIAD_TESTS_FORGE_FAKE_FORGE_H_
#define PALIAD_TESTS_FORGE_FAKE_FORGE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "tests/support/process.h"

namespace paliad::testing {

struct NewPull {
  std::string branch;  // of the repository; of a fork: refs/forks/FORK/BRANCH
  std::string author = "ada";
  std::string title = {};  // empty: the branch
  std::string fork = {};   // its owner; empty: none
};

// See Fault in faults.py.
struct ForgeFault {
  std::string how = "answer";  // answer, truncate, lose, close
  int count = 1;               // of requests; negative: until Heal
  std::string method = {};     // empty: any
  std::string path = {};       // a regular expression that is found in it
  int status = 500;
  std::string header = {};  // "Retry-After: 3"
};

// Every failure throws std::runtime_error. Numbers are those of pull requests. Not thread-safe.
class FakeForge {
 public:
  static constexpr char kProject[] = "m/paliad";
  static constexpr char kToken[] = "t0ken";
  static constexpr char kBot[] = "paliad-bot";  // whose token it is

  // `kind`: github, gitea, forgejo, gitlab. `repository`: a bare one, which tests go on to push to.
  FakeForge(std::string_view kind, const std::string& repository);

  // One for each kind and test process, which knows of nothing but `repository`: quicker than one of one's
  // own.
  static FakeForge& Shared(std::string_view kind, const std::string& repository);

  const std::string& kind() const { return kind_; }
  std::uint16_t port() const { return port_; }
  std::string url() const;
  std::string repository_url() const;  // over HTTP
  // "m/paliad" as the API's paths have it: "/api/v1/repos/m/paliad".
  std::string api_path() const;
  std::string head_ref(int number) const;

  int Open(const NewPull& pull);
  // To be called after a push, where a webhook is to tell of it; heads follow by themselves.
  void Pushed(std::string_view branch = "main");
  void Close(int number);
  std::string Merge(int number, std::string_view merger = "grace");  // the merge commit
  // As "rebase and merge" does, on GitHub, Gitea and Forgejo (on GitLab it throws): each commit of the pull
  // request, along first parents, once more and with a new id on top of the base. Returns these, the oldest
  // first. GitHub knows each as the pull request's, Gitea and Forgejo only the last, its merge_commit_sha.
  std::vector<std::string> MergeByRebase(int number, std::string_view merger = "grace");
  // Whatever is merged from now on, the "pull request of this commit" look-up does not find as merged at
  // first, as if it were none: not before `lookups` look-ups would have found it, for each pull request; if
  // negative, not at all. 0 lifts it: then all are found at once, those merged before too.
  void ShowMergesLate(int lookups);
  // On GitLab, makes the fork of `owner` let the bot set no status, or lifts that: POST
  // /projects/FORK/statuses/SHA answers 403 for the commits on its branches. The project itself answers "404
  // References for commit Not Found" for them in any case, until one of its own branches holds them. Without
  // effect on other kinds, where no status is set on a fork.
  void CloseFork(std::string_view owner, bool closed = true);
  // `state`: approved, rejected, commented, dismissed; of the head, or of `commit`.
  void Review(int number, std::string_view reviewer, std::string_view state = "approved",
              std::string_view commit = "");
  std::int64_t Comment(int number, std::string_view author, std::string_view body);  // its id
  void ForgetComment(std::int64_t id);
  void Grant(std::string_view login, std::string_view right);  // none, read, write, admin
  void SetPageLimit(int items);
  void SetWebhook(std::string_view url, std::string_view secret);

  void AddFault(const ForgeFault& fault);
  void Heal();

  // {"<context>":{"state":…,"description":…,"target_url":…}}: the newest of each.
  Json Statuses(std::string_view commit) const;
  // The state of one, in the forge's own word; empty: there is none.
  std::string Status(std::string_view commit, std::string_view context) const;
  Json Comments(int number) const;  // [{"id":…,"author":…,"body":…}]
  // {"requests":[{"method","path","operation","status","fault","at"}],"git":[path],"refused":[…],"broken":[…],"deliveries":[…]}.
  Json Seen() const;
  // "" or every request that was refused and every answer of its own that the description does not allow.
  std::string Violations() const;
  // API requests so far whose operation holds `text`.
  int Requests(std::string_view text = "") const;
  // "GET /user": all that are described and served.
  Json Operations() const;

 private:
  Json Call(std::string_view name, const Json& arguments) const;

  const std::string kind_;
  BackgroundProcess process_;
  std::uint16_t port_ = 0;
};

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_FORGE_FAKE_FORGE_H_
