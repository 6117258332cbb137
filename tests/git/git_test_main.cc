// The tests' own program is the fetch process too, as paliadctl is.
#include <gtest/gtest.h>

#include <string_view>

#include "controller/git/fetch.h"
#include "tests/git/work_tree.h"

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == paliad::git::kFetchCommand) {
    return paliad::git::RunFetchCommand();
  }
  paliad::testing::PrepareGitEnvironment();
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
