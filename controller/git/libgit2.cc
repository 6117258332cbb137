#include "controller/git/libgit2.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace paliad::git {
namespace {

class Library {
 public:
  Library() {
    git_libgit2_init();
    // Repositories say with these that work trees or objects are kept in another way; they change nothing
    // for who reads objects. libgit2 1.5 refuses every extension that it does not know.
    std::array<const char*, 3> harmless = {"worktreeconfig", "partialclone", "preciousobjects"};
    git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, harmless.data(), harmless.size());
  }
  // Never shut down: threads may still hold repositories while the process ends.
};

}  // namespace

void InitLibgit2() { static const Library library; }

std::string LastErrorText() {
  const git_error* error = git_error_last();
  if (error == nullptr || error->message == nullptr || *error->message == '\0') {
    return "libgit2 gave no reason";
  }
  std::string text = ToValidUtf8(error->message);
  while (!text.empty() && (text.back() == '.' || text.back() == '\n' || text.back() == ' ')) {
    text.pop_back();
  }
  return text;
}

git_error_t LastErrorClass() {
  const git_error* error = git_error_last();
  return error == nullptr ? GIT_ERROR_NONE : static_cast<git_error_t>(error->klass);
}

bool IsOwnerError(int code) {
  // Where safe.directory is not configured at all, libgit2 1.5 reports that instead of GIT_EOWNER.
  return code == GIT_EOWNER || (code != 0 && LastErrorClass() == GIT_ERROR_CONFIG &&
                                LastErrorText().find("safe.directory") != std::string::npos);
}

std::string ToHex(const git_oid& id) {
  std::string hex(GIT_OID_HEXSZ, '0');
  git_oid_fmt(hex.data(), &id);
  return hex;
}

bool FromHex(std::string_view hex, git_oid* id) {
  return hex.size() == GIT_OID_HEXSZ && git_oid_fromstrn(id, hex.data(), hex.size()) == 0;
}

}  // namespace paliad::git
