#include "controller/git/libgit2.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <atomic>

#include "base/text.h"

namespace paliad::git {
namespace {

// constinit: libgit2's TLS library may ask before any constructor ran.
constinit std::atomic<bool> authorities_wanted = true;

class Library {
 public:
  explicit Library(Authorities authorities) {
    authorities_wanted = authorities == Authorities::kSystem;
    git_libgit2_init();
    authorities_wanted = true;
    git_error_clear();  // the authorities that were not read are no error
    // Repositories say with these that work trees or objects are kept in another way; they change nothing
    // for who reads objects. libgit2 1.5 refuses every extension that it does not know.
    std::array<const char*, 3> harmless = {"worktreeconfig", "partialclone", "preciousobjects"};
    git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, harmless.data(), harmless.size());
  }
  // Never shut down: threads may still hold repositories while the process ends.
};

}  // namespace

void InitLibgit2(Authorities authorities) { static const Library library(authorities); }

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

// git_libgit2_init reads and parses the system's 140 certification authorities, which takes 6 ms: as long as
// all else that a run with nothing to do does before it connects. There is no option against it, so the
// function of mbedTLS that it calls is this one, which hands everything on but that one file of a process
// that does not fetch. (The dynamic linker asks the program before its libraries; where it does not, time is
// all that is lost.)
extern "C" int mbedtls_x509_crt_parse_file(void* chain, const char* path) {
  constexpr int kFileIoError = -0x2900;  // MBEDTLS_ERR_X509_FILE_IO_ERROR
  using ParseFile = int (*)(void*, const char*);
  static const auto real = reinterpret_cast<ParseFile>(dlsym(RTLD_NEXT, "mbedtls_x509_crt_parse_file"));
  const bool wanted = paliad::git::authorities_wanted && real != nullptr;
  return wanted ? real(chain, path) : kFileIoError;
}
