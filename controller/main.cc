// paliadctl: flags, wiring, exit code.
#include <malloc.h>

#include <cstdio>
#include <cstring>
#include <exception>

#include "base/sanitizers.h"
#include "controller/check/judge.h"
#include "controller/cli/command.h"
#include "controller/git/fetch.h"
#include "controller/git/ref_transfer.h"

namespace {

// Large blocks, as libgit2 and libpq make them, go back to the system when they are freed. Otherwise glibc
// raises the threshold to the largest that ever was freed, and keeps what is smaller.
void ReturnLargeBlocks() { mallopt(M_MMAP_THRESHOLD, 128 * 1024); }

}  // namespace

int main(int argc, char** argv) {
  ReturnLargeBlocks();
  try {
    if (argc == 2 && std::strcmp(argv[1], paliad::git::kFetchCommand) == 0) {
      return paliad::git::RunFetchCommand();
    }
    if (argc == 2 && std::strcmp(argv[1], paliad::git::kRefTransferCommand) == 0) {
      return paliad::git::RunRefTransferCommand();
    }
    if (argc == 2 && std::strcmp(argv[1], paliad::kJudgeCommand) == 0) {
      return paliad::RunJudgeCommand();
    }
    return paliad::cli::Main(argc, argv);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "error: internal error: %s\n  hint: this is a bug; please report what you did\n",
                 e.what());
    return paliad::cli::kFailed;
  }
}

#if PALIAD_ADDRESS_SANITIZER
// libgit2 1.5 does not free the known hosts that it read, once for each connection over ssh; the process that
// makes one ends with it. Its own entries, and libssh2's.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libgit2.so\nleak:libssh2_knownhost_init\n";
}
#endif
