#include "controller/git/progress.h"

#include <cstdio>

namespace paliad::git {

void ReportProgress(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::fflush(stderr);
}

}  // namespace paliad::git
