// The pages in a real browser. For screenshots:
//   bazel test //tests/site:browser_test --test_env=PALIAD_SCREENSHOTS=/tmp/shots
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>

#include "tests/site/site_fixture.h"
#include "tests/support/process.h"

namespace paliad::testing {
namespace {

class Browser : public SiteTest {};

TEST_F(Browser, SignInFilterOpenARunFollowToAMigrationActSignOut) {
  MakeHistory();
  scenario_.Exec(
      "SELECT paliad_ledger.put_checkpoint(9, decode('01020304', 'hex'),"
      " E'db.example.com/paliad\\n9\\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\\n')");
  Start();
  std::vector<std::string> argv = {"/usr/bin/python3", "tests/site/browser.py", std::to_string(port()),
                                   auditor_token_, operator_token_};
  if (const char* folder = std::getenv("PALIAD_SCREENSHOTS")) {
    argv.emplace_back(folder);
  }
  const ProcessResult result = RunProgram(
      {.argv = std::move(argv), .env = {{"HOME", dir_.path()}}, .deadline = std::chrono::minutes(10)});
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_THAT(result.out, ::testing::HasSubstr("all of it works"));
}

}  // namespace
}  // namespace paliad::testing
