// The configuration file as every command uses it.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/core/scenario.h"
#include "tests/support/temp_dir.h"

namespace paliad::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ConfigTest : public ::testing::Test {
 protected:
  std::string Target(const std::string& name, const std::string& keys = "") {
    return fmt::format("[[target]]\nname = '{}'\nrepository = '{}'\ndatabase_env = 'APP_DATABASE'\n{}\n",
                       name, scenario_.repo().path(), keys);
  }

  // Without flags about a target: what is known is in the file and the environment.
  Outcome Run(std::vector<std::string> arguments, const std::string& cwd = "") {
    arguments.insert(arguments.begin(), PaliadctlPath());
    return ToOutcome(
        RunProgram({.argv = std::move(arguments),
                    .env = {{"APP_DATABASE", scenario_.url()}, {"XDG_CACHE_HOME", dir_.path() + "/cache"}},
                    .cwd = cwd}));
  }

  TempDir dir_;
  Scenario scenario_;
};

TEST_F(ConfigTest, ACommandIsAboutTheFilesOnlyTarget) {
  scenario_.Commit({{"1_a.up.sql", "CREATE TABLE a ();"}});
  const std::string file = dir_.Write("paliad.toml", Target("production", "tracker = 'app.done'"));
  const Outcome run = Run({"reconcile", "-o", "json", "--config", file});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.json["target"], "production");
  EXPECT_EQ(scenario_.Value("SELECT count(*) FROM app.done"), "1");
  EXPECT_EQ(Run({"plan"}, dir_.path()).exit_code, 0) << "found in the working folder";
  EXPECT_EQ(Run({"--target", "production", "status"}, dir_.path()).exit_code, 0);
}

TEST_F(ConfigTest, WithSeveralTargetsOneIsNamed) {
  scenario_.Commit({{"1_a.up.sql", "CREATE TABLE a ();"}});
  const std::string file = dir_.Write("paliad.toml", Target("a") + Target("b", "tracker = 'b.done'"));
  const Outcome which = Run({"--config", file, "plan"});
  EXPECT_EQ(which.exit_code, 2);
  EXPECT_EQ(which.err, fmt::format("error: cannot choose the target: {} has several\n"
                                   "  hint: name one with --target: a, b\n",
                                   file));
  const Outcome wrong = Run({"plan", "--target", "bb", "--config", file});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("has no target 'bb' (did you mean 'b'?)"));
  EXPECT_EQ(Run({"plan", "--target", "b", "--config", file}).exit_code, 4);
  const Outcome status = Run({"status", "-o", "json", "--config", file});
  ASSERT_EQ(status.json.size(), 2U) << status.out;
  EXPECT_EQ(status.json[1]["target"], "b");
}

TEST_F(ConfigTest, FlagsWinOverTheFileAndTheVariableDoesNot) {
  scenario_.Commit({{"1_a.up.sql", "CREATE TABLE a ();"}});
  dir_.Write("paliad.toml", Target("a", "branch = 'nowhere'"));
  EXPECT_EQ(Run({"plan"}, dir_.path()).exit_code, 1);
  EXPECT_EQ(Run({"plan", "--branch", "main"}, dir_.path()).exit_code, 4);
  EXPECT_EQ(
      Run({"plan", "--branch", "main", "--database", "postgresql:///x?host=/nowhere"}, dir_.path()).exit_code,
      1);
  EXPECT_EQ(Run({"plan", "--config", "", "--repo", scenario_.repo().path()}, dir_.path()).exit_code, 2)
      << "no file is wanted, and no database is named";
}

TEST_F(ConfigTest, MistakesStopEveryCommandAndAreAllShown) {
  const std::string file = dir_.Write("paliad.toml", Target("a", "brnach = 'x'\npassword = 'hunter2'"));
  for (const char* command : {"plan", "status", "serve"}) {
    const Outcome bad = Run({"--config", file, command});
    EXPECT_EQ(bad.exit_code, 2);
    EXPECT_THAT(
        bad.err,
        HasSubstr(file +
                  ":5:1: error: unknown key 'brnach' (did you mean 'branch'?)\n  brnach = 'x'\n  ^\n"));
    EXPECT_THAT(bad.err, HasSubstr(":6:12: error: 'password' must not stand in this file"));
    EXPECT_THAT(bad.err, Not(HasSubstr("hunter2")));
  }
  const Outcome check = Run({"--config", file, "config", "check", "-o", "json"});
  EXPECT_EQ(check.exit_code, 2);
  EXPECT_EQ(check.json["problems"].size(), 2U) << check.out;
}

TEST_F(ConfigTest, CheckLooksAtTheTargetsPoliciesToo) {
  scenario_.repo().Write(".paliad/policy.toml", "[rules]\ndorp = 'off'\n");
  scenario_.Commit({{"1_a.up.sql", "CREATE TABLE a ();"}});
  const std::string file = dir_.Write("paliad.toml", Target("a"));
  const Outcome check = Run({"--config", file, "config", "check"});
  EXPECT_EQ(check.exit_code, 2);
  EXPECT_EQ(check.out,
            ".paliad/policy.toml:2:1: error: unknown rule 'dorp' (did you mean 'drop'?)\n"
            "  dorp = 'off'\n"
            "  ^\n" +
                file + ": no mistakes\n");
}

TEST_F(ConfigTest, WhatCannotBeLookedAtIsNoMistakeOfTheFile) {
  scenario_.Commit({{"1_a.up.sql", "CREATE TABLE a ();"}});
  const std::string file =
      dir_.Write("paliad.toml",
                 "[[target]]\nname = 'a'\nrepository = 'file:///nowhere/x.git'\ndatabase_env = 'NOT_SET'\n");
  const Outcome check = Run({"--config", file, "config", "check"});
  EXPECT_EQ(check.exit_code, 0) << check.out;
  EXPECT_THAT(
      check.err,
      HasSubstr("not checked: a: cannot read the secret $NOT_SET: the environment variable is not set"));
  EXPECT_THAT(check.err, HasSubstr("not checked: a: the policy: cannot fetch"));
  const Outcome serve = Run({"--config", file, "serve"});
  EXPECT_EQ(serve.exit_code, 2);
  EXPECT_THAT(serve.err, HasSubstr("a: $NOT_SET: the environment variable is not set"));
}

TEST_F(ConfigTest, AFileThatIsNotThereIsSaid) {
  const Outcome gone = Run({"plan", "--config", "/nowhere/paliad.toml", "-o", "json"});
  EXPECT_EQ(gone.exit_code, 2);
  EXPECT_EQ(gone.json["error"]["kind"], "invalid_input");
  EXPECT_THAT(gone.err,
              HasSubstr("cannot read the configuration /nowhere/paliad.toml: No such file or directory"));
  EXPECT_EQ(Run({"serve"}, dir_.path()).exit_code, 2);
}

}  // namespace
}  // namespace paliad::testing
