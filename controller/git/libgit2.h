// What every user of libgit2 here needs: its initialisation, owning pointers, and its errors as text.
// libgit2 keeps the last error per thread; read it before the next call.
#ifndef PALIAD_CONTROLLER_GIT_LIBGIT2_H_
#define PALIAD_CONTROLLER_GIT_LIBGIT2_H_

#include <git2.h>

#include <memory>
#include <string>
#include <string_view>

namespace paliad::git {

// Before the first call of libgit2, as often as you like. Thread-safe.
void InitLibgit2();

// Calls the library's own free function for T.
template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, Freer<Free>>;

using OwnedBlob = Owned<git_blob, git_blob_free>;
using OwnedCommit = Owned<git_commit, git_commit_free>;
using OwnedConfig = Owned<git_config, git_config_free>;
using OwnedObject = Owned<git_object, git_object_free>;
using OwnedOdb = Owned<git_odb, git_odb_free>;
using OwnedOdbObject = Owned<git_odb_object, git_odb_object_free>;
using OwnedReference = Owned<git_reference, git_reference_free>;
using OwnedReferenceIterator = Owned<git_reference_iterator, git_reference_iterator_free>;
using OwnedRemote = Owned<git_remote, git_remote_free>;
using OwnedRepository = Owned<git_repository, git_repository_free>;
using OwnedRevwalk = Owned<git_revwalk, git_revwalk_free>;
using OwnedTree = Owned<git_tree, git_tree_free>;

// The out-parameter of a libgit2 function: `git_x_new(Out(x), …)`. As with std::out_ptr, `x` is set at the
// end of the full expression: not yet in the second half of an `||`. Keeps what it had if the call leaves the
// pointer alone.
template <class Owner>
class OutPointer {
 public:
  explicit OutPointer(Owner& owner) : owner_(owner) {}
  OutPointer(const OutPointer&) = delete;
  OutPointer& operator=(const OutPointer&) = delete;
  ~OutPointer() {
    if (raw_ != nullptr) {
      owner_.reset(raw_);
    }
  }
  operator typename Owner::pointer *() { return &raw_; }  // NOLINT: the implicit conversion is the purpose

 private:
  Owner& owner_;
  typename Owner::pointer raw_ = nullptr;
};
template <class Owner>
OutPointer<Owner> Out(Owner& owner) {
  return OutPointer<Owner>(owner);
}

// This thread's last error in libgit2's words, valid UTF-8, without a final full stop; never empty.
std::string LastErrorText();

// GIT_ERROR_NONE if there is none.
git_error_t LastErrorClass();

// True if `code`, with the last error, says that a repository belongs to another user.
bool IsOwnerError(int code);

// 40 hex digits.
std::string ToHex(const git_oid& id);

// False for anything but 40 hex digits.
bool FromHex(std::string_view hex, git_oid* id);

}  // namespace paliad::git

#endif  // PALIAD_CONTROLLER_GIT_LIBGIT2_H_
