// The child's side of a fetch: what `internal-fetch` runs.
#include <sys/stat.h>

#include "controller/git/child_command.h"
#include "controller/git/clone.h"
#include "controller/git/fetch.h"

namespace paliad::git {

int RunFetchCommand() {
  ::umask(S_IRWXG | S_IRWXO);  // a private repository's clone is private
  return AnswerRequest(&BringUpToDate);
}

}  // namespace paliad::git
