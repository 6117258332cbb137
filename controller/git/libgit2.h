// What every user of libgit2 here needs: its initialisation, owning pointers, and its errors as text.
// libgit2 keeps the last error per thread; read it before the next call.
#ifndef PALIAD_CONTROLLER_GIT_LIBGIT2_H_
#define PALIAD_CONTROLLER_GIT_LIBGIT2_H_

#include <git2.h>

#include <string>
#include <string_view>
#include <utility>

namespace paliad::git {

enum class Authorities {
  kNone,    // for who reads repositories of this machine
  kSystem,  // for who talks to servers
};

// Before the first call of libgit2, as often as you like; the first call decides. Not to be called with both
// in one process. Thread-safe.
void InitLibgit2(Authorities authorities);

// Owns what a function of libgit2 made. Not a unique_ptr: the out-parameter Out(x) must be usable in the
// next half of an `||` already, which std::out_ptr's is not.
template <class T, auto Free>
class Owned {
 public:
  Owned() = default;
  Owned(Owned&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Owned& operator=(Owned&& other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Owned() { Reset(); }

  T* get() const { return object_; }
  void Reset() {
    if (object_ != nullptr) {
      Free(std::exchange(object_, nullptr));
    }
  }
  T** Receive() {
    Reset();
    return &object_;
  }

 private:
  T* object_ = nullptr;
};

// The out-parameter of a libgit2 function: `git_x_new(Out(x), …)`. Frees what `owner` had.
template <class T, auto Free>
T** Out(Owned<T, Free>& owner) {
  return owner.Receive();
}

using OwnedBlob = Owned<git_blob, git_blob_free>;
using OwnedCommit = Owned<git_commit, git_commit_free>;
using OwnedConfig = Owned<git_config, git_config_free>;
using OwnedConfigIterator = Owned<git_config_iterator, git_config_iterator_free>;
using OwnedConflicts = Owned<git_index_conflict_iterator, git_index_conflict_iterator_free>;
using OwnedDiff = Owned<git_diff, git_diff_free>;
using OwnedIndex = Owned<git_index, git_index_free>;
using OwnedObject = Owned<git_object, git_object_free>;
using OwnedOdb = Owned<git_odb, git_odb_free>;
using OwnedOdbObject = Owned<git_odb_object, git_odb_object_free>;
using OwnedReference = Owned<git_reference, git_reference_free>;
using OwnedReferenceIterator = Owned<git_reference_iterator, git_reference_iterator_free>;
using OwnedRemote = Owned<git_remote, git_remote_free>;
using OwnedRepository = Owned<git_repository, git_repository_free>;
using OwnedRevwalk = Owned<git_revwalk, git_revwalk_free>;
using OwnedTree = Owned<git_tree, git_tree_free>;
using OwnedTreeEntry = Owned<git_tree_entry, git_tree_entry_free>;

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
