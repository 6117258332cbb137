#include "tests/support/process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "tests/support/temp_dir.h"

namespace paliad::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Property;
using ::testing::Throws;

Command Shell(std::string script) { return {.argv = {"sh", "-c", std::move(script)}}; }

TEST(Process, GivesOutputsAndExitCode) {
  const ProcessResult result = RunProgram(Shell("echo out; echo err >&2; exit 3"));
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.signal, 0);
  EXPECT_FALSE(result.timed_out);
  EXPECT_EQ(result.out, "out\n");
  EXPECT_EQ(result.err, "err\n");
}

TEST(Process, PassesArgumentsEnvironmentFolderAndInput) {
  const TempDir dir;
  const ProcessResult result =
      RunProgram({.argv = {"sh", "-c", "cat; echo \"$1|$NAME|$HOME|$PWD\"", "sh", "a b"},
                  .env = {{"NAME", "value"}},
                  .clear_env = true,
                  .cwd = dir.path(),
                  .stdin_text = "input\n"});
  EXPECT_EQ(result.out, "input\na b|value||" + dir.path() + "\n");
}

TEST(Process, MovesMoreThanPipesHold) {
  const std::string megabyte(1 << 20, 'x');
  Command command = Shell("cat; head -c 1000000 /dev/zero >&2");
  command.stdin_text = megabyte;
  const ProcessResult result = RunProgram(std::move(command));
  EXPECT_EQ(result.out, megabyte);
  EXPECT_EQ(result.err.size(), 1'000'000U);
}

TEST(Process, ThatIgnoresItsInputIsNoFailure) {
  Command command = Shell("exec true");
  command.stdin_text = std::string(1 << 20, 'x');
  EXPECT_EQ(RunProgram(std::move(command)).exit_code, 0);
}

TEST(Process, TellsTheSignal) {
  const ProcessResult result = RunProgram(Shell("kill -TERM $$"));
  EXPECT_EQ(result.exit_code, -1);
  EXPECT_EQ(result.signal, SIGTERM);
}

TEST(Process, IsKilledAtItsDeadline) {
  Command command = Shell("echo before; exec sleep 60");
  command.deadline = std::chrono::seconds(2);
  const ProcessResult result = RunProgram(std::move(command));
  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.signal, SIGKILL);
  EXPECT_EQ(result.out, "before\n");
}

TEST(Process, OutputOfAGrandchildIsNotWaitedFor) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(RunProgram(Shell("echo done; sleep 20 & exit 0")).out, "done\n");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(15));
}

TEST(Process, ThatDoesNotExistThrows) {
  EXPECT_THAT([] { RunProgram({.argv = {"/nonexistent/program"}}); },
              Throws<std::runtime_error>(Property(&std::runtime_error::what, HasSubstr("No such file"))));
  EXPECT_THROW(FindProgram("no-such-program-here"), std::runtime_error);
}

TEST(Process, RunOrThrowShowsWhatTheProgramSaid) {
  EXPECT_EQ(RunOrThrow(Shell("echo fine")), "fine\n");
  EXPECT_THAT(
      [] { RunOrThrow(Shell("echo why >&2; exit 9")); },
      Throws<std::runtime_error>(Property(&std::runtime_error::what, HasSubstr("exited with 9\nwhy"))));
}

TEST(Process, InTheBackgroundIsReadWhileItRuns) {
  BackgroundProcess process(Shell("echo ready >&2; read line; echo got; exec sleep 60"));
  EXPECT_EQ(process.ReadStderrUntil("ready"), "ready\n");
  EXPECT_EQ(process.ReadStdoutUntil("got"), "got\n");
  EXPECT_TRUE(process.Running());
  process.Kill();
  EXPECT_EQ(process.Wait().signal, SIGKILL);
  EXPECT_FALSE(process.Running());
  EXPECT_EQ(process.Wait().signal, SIGKILL);
}

TEST(Process, ThatEndsWithoutTheTextThrowsWithItsOutput) {
  BackgroundProcess process(Shell("echo something else >&2"));
  EXPECT_THAT([&] { process.ReadStderrUntil("ready"); },
              Throws<std::runtime_error>(Property(&std::runtime_error::what, HasSubstr("something else"))));
}

TEST(Process, OutlivesTheThreadThatStartedIt) {
  std::unique_ptr<BackgroundProcess> process;
  std::thread([&] { process = std::make_unique<BackgroundProcess>(Shell("sleep 60")); }).join();
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_TRUE(process->Running());
}

TEST(Process, WritesToALogFileInstead) {
  const TempDir dir;
  Command command = Shell("echo out; echo err >&2");
  command.log_file = dir.path() + "/log";
  EXPECT_EQ(RunProgram(command).out, "");
  EXPECT_EQ(RunProgram(command).err, "");
  EXPECT_EQ(ReadFile(command.log_file), "out\nerr\nout\nerr\n");
}

TEST(TempDir, IsShortAndGoneAfterwards) {
  std::string path;
  {
    const TempDir dir;
    path = dir.path();
    EXPECT_EQ(ReadFile(dir.Write("deep/er/file", std::string("a\0b", 3))), std::string("a\0b", 3));
  }
  EXPECT_LT(path.size(), 30U);
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_THROW(ReadFile(path + "/file"), std::runtime_error);
}

}  // namespace
}  // namespace paliad::testing
