// PullRequestWatch: the open pull requests of one target: listed, judged where something that concerns them
// moved, recorded, and their feedback put on its way. Also asks again who approved what was applied
// meanwhile.
#ifndef PALIAD_CONTROLLER_SERVE_PULLS_WATCH_H_
#define PALIAD_CONTROLLER_SERVE_PULLS_WATCH_H_

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "controller/config/config.h"
#include "controller/forge/forge.h"
#include "controller/git/repository.h"
#include "controller/pulls/judge.h"
#include "controller/serve/control.h"
#include "controller/serve/pulls/forge_gate.h"
#include "controller/serve/pulls/wake_up.h"
#include "controller/store/feedback.h"

namespace paliad::serve {

struct WatchEnvironment {
  std::function<Result<std::unique_ptr<forge::Forge>>(const config::TargetConfig&, const std::stop_token&)>
      make_client;
  std::function<void()> fetch;    // the repository lacks something
  std::function<void()> deliver;  // there is feedback
  ForgeGate& gate;
  MetricsSink& metrics;
  const Clock& clock;
};

class PullRequestWatch {
 public:
  // Starts at once, and looks for the first time when there is a clone.
  PullRequestWatch(config::TargetConfig config, WatchEnvironment environment);
  ~PullRequestWatch();

  PullRequestWatch(const PullRequestWatch&) = delete;
  PullRequestWatch& operator=(const PullRequestWatch&) = delete;

  // Nothing new is begun, and what is under way ends soon.
  void Retire() { thread_.request_stop(); }
  bool ended() const { return ended_; }

  // The repository was fetched.
  void TakeFetched(const std::string& clone);

 private:
  struct WatchPass;  // one pass

  void Run(const std::stop_token& stop);
  SteadyTime Pass(const std::stop_token& stop);
  Status Look(const std::string& clone, const std::stop_token& stop);
  Status JudgeOne(WatchPass& pass, const pulls::Case& each, const std::stop_token& stop);
  Status TellUntouched(WatchPass& pass, const forge::PullRequest& pull_request);
  Status TakeVerdict(WatchPass& pass, const pulls::Case& each, const pulls::Verdict& verdict);
  // Statuses and the comment.
  std::string FeedbackSql(const WatchPass& pass, const pulls::Verdict& verdict) const;
  Status ForgetClosed(WatchPass& pass);
  Status SettleAttributions(WatchPass& pass);
  // Tells the gate what came of a request.
  template <class T>
  Result<T> Asked(forge::Answer<T> answer);
  std::vector<forge::PullRequest> ThoseInGit(const std::vector<forge::PullRequest>& open,
                                             const git::Repository& repository);
  pulls::PullRequestJudge& Judge(const std::string& scratch_url, const std::stop_token& stop);
  std::string clone() const;

  const config::TargetConfig config_;
  const WatchEnvironment environment_;

  // The thread's own.
  std::unique_ptr<git::Repository>
      repository_;  // that judge_ reads; anew in each pass, since merges are kept in it
  std::unique_ptr<pulls::PullRequestJudge> judge_;
  std::string scratch_url_;  // that judge_ has
  bool ledger_seen_ = false;
  std::string last_error_;
  std::set<std::string> untouched_;     // heads of pull requests that were told so since the start
  std::set<std::string> missing_;       // heads that the repository did not have
  std::set<std::string> told_missing_;  // those that a fetch did not bring, and the log has

  mutable std::mutex mutex_;
  std::string clone_;  // guarded by mutex_
  WakeUp wake_up_;
  std::atomic<bool> ended_ = false;
  std::jthread thread_;  // last: the others are there when it begins
};

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_PULLS_WATCH_H_
