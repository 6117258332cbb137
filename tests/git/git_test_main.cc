// The tests' own program is the fetch process too, as paliadctl is.
#include <gtest/gtest.h>

#include <string_view>

#include "controller/git/fetch.h"
#include "tests/git/work_tree.h"

namespace {

bool is_fetch_process = false;

}  // namespace

// Read by LeakSanitizer, if there is one. libgit2 1.5 itself loses some hundred bytes an SSH connection, in a
// process that then ends; and 20 KB for each configuration value when it opens a repository of format
// version 1 (the clones that Fetch makes have version 0).
extern "C" int __lsan_is_turned_off() { return is_fetch_process ? 1 : 0; }
extern "C" const char* __lsan_default_suppressions() { return "leak:libpcre2\n"; }
extern "C" const char* __lsan_default_options() { return "print_suppressions=0"; }

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == paliad::git::kFetchCommand) {
    is_fetch_process = true;
    return paliad::git::RunFetchCommand();
  }
  paliad::testing::PrepareGitEnvironment();
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
