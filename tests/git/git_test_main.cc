#include <gtest/gtest.h>

#include "tests/git/work_tree.h"

int main(int argc, char** argv) {
  paliad::testing::PrepareGitEnvironment();
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
