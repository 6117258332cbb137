#include "controller/git/clone.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <vector>

#include "base/text.h"
#include "controller/git/clone_folder.h"
#include "controller/git/clone_marker.h"
#include "controller/git/libgit2.h"
#include "controller/git/progress.h"
#include "controller/git/remote_url.h"
#include "controller/git/transport.h"

namespace paliad::git {
namespace {

using OwnedRefspec = Owned<git_refspec, git_refspec_free>;

constexpr char kAllBranches[] = "+refs/heads/*:refs/heads/*";
constexpr char kAllTags[] = "+refs/tags/*:refs/tags/*";

// Why a fetch failed, and whether a new clone could do better.
struct Failure {
  Error error;
  bool clone_is_damaged = false;
};
using Outcome = tl::expected<void, Failure>;

tl::unexpected<Failure> Damaged(const std::string& path, std::string cause) {
  return tl::unexpected<Failure>(
      {{ErrorKind::kUnavailable, "use the clone", path, std::move(cause), "remove it: it is only a copy"},
       true});
}

class Update {
 public:
  Update(git_repository* repository, Transport* transport, const std::vector<std::string>& refspecs)
      : repository_(repository), transport_(transport), refspecs_(refspecs) {}

  Outcome Run() {
    if (const int code = CreateRemote(); code != 0) {
      return tl::unexpected<Failure>({transport_->FailureOf(code), true});
    }
    if (const int code = Connect(); code != 0) {
      return tl::unexpected<Failure>({transport_->FailureOf(code), false});
    }
    for (int (Update::*step)() : {&Update::Prune, &Update::Download, &Update::MoveReferences}) {
      if (const int code = (this->*step)(); code != 0) {
        // In this order: both read the last error.
        const bool damaged = !transport_->PeerFailed();
        return tl::unexpected<Failure>({transport_->FailureOf(code), damaged});
      }
    }
    git_remote_disconnect(remote_.get());
    return {};
  }

 private:
  int CreateRemote() {
    // Not by the name in the clone's configuration: url.*.insteadOf must not send credentials elsewhere.
    git_remote_create_options create;
    git_remote_create_options_init(&create, GIT_REMOTE_CREATE_OPTIONS_VERSION);
    create.repository = repository_;
    create.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF | GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC;
    return git_remote_create_with_opts(Out(remote_), transport_->url().location.c_str(), &create);
  }

  int Connect() {
    ReportProgress(fmt::format("connecting to {}", RedactUrl(transport_->url().location)));
    const git_remote_connect_options options = transport_->ConnectOptions();
    return git_remote_connect_ext(remote_.get(), GIT_DIRECTION_FETCH, &options);
  }

  // Before the new references are written: "a" must be gone for "a/b" to come.
  int Prune() {
    const git_remote_head** heads = nullptr;
    std::size_t count = 0;
    if (const int code = git_remote_ls(&heads, &count, remote_.get()); code != 0) {
      return code;
    }
    std::set<std::string_view> kept;
    for (std::size_t i = 0; i < count; ++i) {
      kept.insert(heads[i]->name);
    }
    git_strarray names{};
    if (const int code = git_reference_list(&names, repository_); code != 0) {
      return code;
    }
    int code = 0;
    for (std::size_t i = 0; i < names.count && code == 0; ++i) {
      if (!kept.contains(names.strings[i]) && IsMirrored(names.strings[i])) {
        code = git_reference_remove(repository_, names.strings[i]);
      }
    }
    git_strarray_dispose(&names);
    return code;
  }

  bool IsMirrored(const char* name) const {
    return std::any_of(refspecs_.begin(), refspecs_.end(), [&](const std::string& text) {
      OwnedRefspec refspec;
      return git_refspec_parse(Out(refspec), text.c_str(), 1) == 0 &&
             git_refspec_dst_matches(refspec.get(), name) != 0;
    });
  }

  int Download() {
    ReportProgress("asking for new objects");
    std::vector<char*> texts;
    for (const std::string& refspec : refspecs_) {
      texts.push_back(const_cast<char*>(refspec.c_str()));
    }
    const git_strarray refspecs{texts.data(), texts.size()};
    const git_remote_connect_options connect = transport_->ConnectOptions();
    git_fetch_options options;
    git_fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION);
    options.callbacks = connect.callbacks;
    options.proxy_opts = connect.proxy_opts;
    options.follow_redirects = connect.follow_redirects;
    options.prune = GIT_FETCH_NO_PRUNE;
    options.update_fetchhead = 0;
    options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;  // they have a refspec, which prunes them too
    return git_remote_download(remote_.get(), &refspecs, &options);
  }

  int MoveReferences() {
    ReportProgress("moving the branches");
    const git_remote_callbacks callbacks = transport_->ConnectOptions().callbacks;
    return git_remote_update_tips(remote_.get(), &callbacks, 0, GIT_REMOTE_DOWNLOAD_TAGS_NONE, nullptr);
  }

  git_repository* repository_;
  Transport* transport_;
  const std::vector<std::string>& refspecs_;
  OwnedRemote remote_;
};

// The cheap part of git-fsck: every branch's commit is there, and the followed branch's folder can be read.
// What lies deeper is found by its readers, who mark the clone.
bool IsSound(git_repository* repository, const std::string& branch) {
  git_strarray names{};
  if (git_reference_list(&names, repository) != 0) {
    return false;
  }
  bool sound = true;
  for (std::size_t i = 0; i < names.count && sound; ++i) {
    git_oid id;
    OwnedOdb odb;
    git_repository_odb(Out(odb), repository);
    sound = git_reference_name_to_id(&id, repository, names.strings[i]) == 0 &&
            git_odb_exists(odb.get(), &id) != 0;
  }
  git_strarray_dispose(&names);
  OwnedReference reference;
  if (!sound || git_reference_lookup(Out(reference), repository, ("refs/heads/" + branch).c_str()) != 0) {
    return sound;
  }
  OwnedObject tree;
  return git_reference_peel(Out(tree), reference.get(), GIT_OBJECT_TREE) == 0;
}

// For people who look around with git; fetches take nothing from here.
Status WriteConfiguration(git_repository* repository, const std::string& location) {
  OwnedConfig config;
  const bool written = git_repository_config(Out(config), repository) == 0 &&
                       git_config_set_string(config.get(), "remote.origin.url", location.c_str()) == 0 &&
                       git_config_set_string(config.get(), "remote.origin.fetch", kAllBranches) == 0;
  std::ofstream marker(std::string(git_repository_path(repository)) + kCloneMarker);
  marker << "Made by paliadctl, which removes and makes it again as it needs.\n";
  marker.close();
  if (!written || !marker) {
    return Fail(
        {ErrorKind::kUnavailable, "make the clone", git_repository_path(repository), LastErrorText(), ""});
  }
  return {};
}

Outcome FetchInto(git_repository* repository, Transport* transport, const std::vector<std::string>& refspecs,
                  const std::string& branch) {
  if (Outcome outcome = Update(repository, transport, refspecs).Run(); !outcome) {
    return outcome;
  }
  if (!IsSound(repository, branch)) {
    return Damaged(git_repository_path(repository), "it lacks objects that its branches need");
  }
  // HEAD is for people; a branch that does not exist is reported by whoever looks for it.
  if (const std::string head = "refs/heads/" + branch; git_reference_is_valid_name(head.c_str()) != 0) {
    git_repository_set_head(repository, head.c_str());
  }
  return {};
}

Outcome FetchExisting(const CloneFolder& folder, Transport* transport,
                      const std::vector<std::string>& refspecs, const std::string& branch) {
  if (IsMarkedCorrupt(folder.path())) {
    return Damaged(folder.path(), "an object in it could not be read");
  }
  OwnedRepository repository;
  const int code = git_repository_open_bare(Out(repository), folder.path().c_str());
  if (code != 0) {
    return Damaged(folder.path(), LastErrorText());
  }
  return FetchInto(repository.get(), transport, refspecs, branch);
}

// Into a folder of its own, which takes its name only when it is complete.
Status CloneAnew(const CloneFolder& folder, Transport* transport, const std::vector<std::string>& refspecs,
                 const std::string& branch) {
  git_repository_init_options options;
  git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
  options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKDIR | GIT_REPOSITORY_INIT_NO_REINIT;
  OwnedRepository repository;
  if (git_repository_init_ext(Out(repository), folder.NewPath().c_str(), &options) != 0) {
    return Fail({ErrorKind::kUnavailable, "make the clone", folder.NewPath(), LastErrorText(), ""});
  }
  RETURN_IF_ERROR(WriteConfiguration(repository.get(), transport->url().location));
  if (Outcome outcome = FetchInto(repository.get(), transport, refspecs, branch); !outcome) {
    return Fail(std::move(outcome).error().error);
  }
  repository.Reset();
  return {};
}

Result<std::vector<std::string>> Refspecs(const FetchOptions& options) {
  std::vector<std::string> refspecs = {kAllBranches, kAllTags};
  for (const std::string& name : options.references) {
    const std::string text = fmt::format("+{0}:{0}", name);
    OwnedRefspec refspec;
    if (!name.starts_with("refs/") || git_refspec_parse(Out(refspec), text.c_str(), 1) != 0) {
      return Fail(
          {ErrorKind::kInvalidInput, "fetch the reference", name, "it is not a reference's name", ""});
    }
    refspecs.push_back(text);
  }
  return refspecs;
}

// Over the network nothing of the user's git configuration counts: it could turn checks off, and a service
// must not depend on whose home it runs in. A local repository's owner is checked against safe.directory.
void IgnoreConfiguration(Scheme scheme) {
  if (scheme == Scheme::kFile) {
    return;
  }
  for (const git_config_level_t level :
       {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL}) {
    git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
  }
}

}  // namespace

Result<std::string> BringUpToDate(const FetchOptions& options) {
  InitLibgit2(Authorities::kSystem);
  ASSIGN_OR_RETURN(RemoteUrl url, ParseRemoteUrl(options.url));
  IgnoreConfiguration(url.scheme);
  ASSIGN_OR_RETURN(const std::vector<std::string> refspecs, Refspecs(options));
  Transport transport(url, options.credentials, options.max_bytes);
  RETURN_IF_ERROR(transport.Prepare());
  ASSIGN_OR_RETURN(const CloneFolder folder, CloneFolder::Lock(options.data_dir, url.location));
  CloneFolder::Old old = CloneFolder::Old::kRemove;
  if (folder.Exists() && folder.PackCount() < kMaxPacks) {
    Outcome outcome = FetchExisting(folder, &transport, refspecs, options.branch);
    if (outcome) {
      return folder.path();
    }
    if (!outcome.error().clone_is_damaged) {
      return Fail(std::move(outcome).error().error);
    }
    ReportProgress("cloning again: " + outcome.error().error.Message());
    old = CloneFolder::Old::kSetAside;
  }
  Transport again(url, options.credentials, options.max_bytes);  // credentials are offered once a connection
  Status cloned = CloneAnew(folder, &again, refspecs, options.branch);
  if (cloned) {
    cloned = folder.Replace(old);
  }
  if (!cloned) {
    folder.RemoveNew();
    return Fail(std::move(cloned).error());
  }
  return folder.path();
}

}  // namespace paliad::git
