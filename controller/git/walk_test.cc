#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "controller/git/repository.h"
#include "tests/git/temp_dir.h"
#include "tests/git/work_tree.h"

namespace paliad::git {
namespace {

using paliad::testing::TempDir;
using paliad::testing::WorkTree;

class WalkTest : public ::testing::Test {
 protected:
  // "+" before what touches a path: "+c1 c2", by the commits' messages; "none" if there is no way.
  std::string Steps(const std::string& base, const std::string& head,
                    const std::vector<std::string>& paths = {"migrations", ".paliad/policy.toml"}) {
    const auto repository = Repository::Open(work_.path());
    const auto steps = repository->StepsSince(base, work_.Git({"rev-parse", head}), paths);
    if (!steps) {
      return steps.error().Message();
    }
    if (!*steps) {
      return "none";
    }
    std::string text;
    for (const HistoryStep& step : **steps) {
      text += (text.empty() ? "" : " ") + std::string(step.touches ? "+" : "") +
              work_.Git({"log", "-1", "--format=%s", step.commit});
    }
    return text;
  }

  std::string Commit(const std::string& path, const std::string& message) {
    work_.Write(path, message);
    return work_.Commit(message);
  }

  TempDir temp_;
  WorkTree work_{temp_ / "work"};
};

TEST_F(WalkTest, SaysWhichCommitsTouchThePaths) {
  const std::string base = Commit("migrations/1_a.up.sql", "a");
  Commit("README", "b");
  Commit("migrations/2_b.up.sql", "c");
  Commit(".paliad/policy.toml", "d");
  Commit("migrations.txt", "e");
  EXPECT_EQ(Steps(base, "main"), "b +c +d e");
  EXPECT_EQ(Steps(base, "main", {"."}), "+b +c +d +e");
  EXPECT_EQ(Steps(base, base), "");
}

TEST_F(WalkTest, AMergeIsOneStepAndWhatItMergedIsNone) {
  const std::string base = Commit("README", "a");
  work_.Git({"checkout", "--quiet", "-b", "topic"});
  Commit("migrations/1_a.up.sql", "on the side");
  Commit("migrations/2_b.up.sql", "on the side too");
  work_.Git({"checkout", "--quiet", "main"});
  Commit("README", "b");
  work_.Git({"merge", "--quiet", "--no-ff", "-m", "merge", "topic"});
  EXPECT_EQ(Steps(base, "main"), "b +merge");
}

TEST_F(WalkTest, AnOldHeadThatBecameASecondParentIsStillWhereItBegins) {
  Commit("README", "root");
  work_.Git({"checkout", "--quiet", "-b", "mine"});
  Commit("migrations/1_a.up.sql", "mine");
  work_.Git({"checkout", "--quiet", "main"});
  const std::string base = Commit("migrations/2_b.up.sql", "theirs");
  work_.Git({"checkout", "--quiet", "mine"});
  work_.Git({"merge", "--quiet", "--no-ff", "-m", "merge", "main"});
  EXPECT_EQ(Steps(base, "mine"), "+mine +merge");
}

TEST_F(WalkTest, ARewrittenHistoryHasNoWay) {
  Commit("README", "a");
  const std::string base = Commit("README", "b");
  work_.Git({"reset", "--quiet", "--hard", "HEAD^"});
  Commit("README", "c");
  EXPECT_EQ(Steps(base, "main"), "none");
  EXPECT_EQ(Steps("0123456789012345678901234567890123456789", "main"), "none");
}

}  // namespace
}  // namespace paliad::git
