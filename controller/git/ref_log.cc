#include "controller/git/ref_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string_view>
#include <utility>

#include "controller/git/fetch.h"
#include "controller/git/libgit2.h"

namespace paliad::git {
namespace {

using OwnedSignature = Owned<git_signature, git_signature_free>;
using OwnedTreeBuilder = Owned<git_treebuilder, git_treebuilder_free>;

constexpr char kName[] = "paliad";
constexpr char kEmail[] = "paliad@localhost";

struct RemoteUrls {
  std::string fetch;
  std::string push;  // empty: as `fetch`
};

}  // namespace

struct RefLog::Handle {
  OwnedRepository repository;
  std::string path;
  std::string reference;
  std::string file;

  Error Failed(std::string doing) const {
    return {ErrorKind::kUnavailable, std::move(doing), fmt::format("{} in {}", reference, path),
            LastErrorText(), ""};
  }

  // None: there is no such reference.
  Result<std::optional<git_oid>> Tip() const {
    git_oid id;
    const int code = git_reference_name_to_id(&id, repository.get(), reference.c_str());
    if (code == GIT_ENOTFOUND) {
      return std::nullopt;
    }
    return code == 0 ? Result<std::optional<git_oid>>(id) : Fail(Failed("read"));
  }

  Result<RefVersion> Read(const git_oid& id) const {
    OwnedCommit commit;
    OwnedTree tree;
    if (git_commit_lookup(Out(commit), repository.get(), &id) != 0 ||
        git_commit_tree(Out(tree), commit.get()) != 0) {
      return Fail(Failed("read"));
    }
    OwnedTreeEntry entry;
    OwnedBlob blob;
    if (git_tree_entry_bypath(Out(entry), tree.get(), file.c_str()) != 0 ||
        git_blob_lookup(Out(blob), repository.get(), git_tree_entry_id(entry.get())) != 0) {
      return Fail({ErrorKind::kCorruption, "read", fmt::format("{} in {}", reference, path),
                   fmt::format("its commit {} has no file '{}'", ToHex(id), file),
                   "publish to a reference of its own, such as refs/paliad/ledger"});
    }
    return RefVersion{.commit = ToHex(id),
                      .bytes = std::string(static_cast<const char*>(git_blob_rawcontent(blob.get())),
                                           static_cast<std::size_t>(git_blob_rawsize(blob.get())))};
  }
};

RefLog::RefLog(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
RefLog::RefLog(RefLog&&) noexcept = default;
RefLog& RefLog::operator=(RefLog&&) noexcept = default;
RefLog::~RefLog() = default;

Result<RefLog> RefLog::Open(const std::string& repository, const std::string& reference,
                            const std::string& file) {
  InitLibgit2(Authorities::kNone);
  if (!reference.starts_with("refs/") || git_reference_is_valid_name(reference.c_str()) != 1) {
    return Fail({ErrorKind::kInvalidInput, "publish to the reference", reference,
                 "it is not a reference's name", "write for example refs/paliad/ledger"});
  }
  auto handle = std::make_unique<Handle>();
  handle->path = repository;
  handle->reference = reference;
  handle->file = file;
  if (git_repository_open_ext(Out(handle->repository), repository.c_str(), GIT_REPOSITORY_OPEN_NO_SEARCH,
                              nullptr) != 0) {
    return Fail({ErrorKind::kUnavailable, "open the git repository", repository, LastErrorText(), ""});
  }
  return RefLog(std::move(handle));
}

Result<std::optional<RefVersion>> RefLog::Latest() const {
  ASSIGN_OR_RETURN(const std::optional<git_oid> tip, handle_->Tip());
  if (!tip) {
    return std::nullopt;
  }
  ASSIGN_OR_RETURN(RefVersion version, handle_->Read(*tip));
  return std::optional(std::move(version));
}

Result<std::vector<RefVersion>> RefLog::All(Choose choose, std::size_t most) const {
  std::vector<RefVersion> versions;
  ASSIGN_OR_RETURN(const std::optional<git_oid> tip, handle_->Tip());
  if (!tip) {
    return versions;
  }
  std::vector<git_oid> commits;  // newest first
  for (git_oid id = *tip;;) {
    commits.push_back(id);
    OwnedCommit commit;
    if (git_commit_lookup(Out(commit), handle_->repository.get(), &id) != 0) {
      return Fail(handle_->Failed("read"));
    }
    if (git_commit_parentcount(commit.get()) == 0) {
      break;
    }
    id = *git_commit_parent_id(commit.get(), 0);
  }
  std::reverse(commits.begin(), commits.end());
  for (const std::size_t position : choose(commits.size(), most)) {
    ASSIGN_OR_RETURN(RefVersion version, handle_->Read(commits[position]));
    versions.push_back(std::move(version));
  }
  return versions;
}

Result<std::string> RefLog::Append(const std::string& bytes, const std::string& message,
                                   const std::optional<std::string>& after) const {
  git_repository* repository = handle_->repository.get();
  const auto failed = [&] { return Fail(handle_->Failed("publish to")); };
  git_oid parent_id;
  OwnedCommit parent;
  if (after &&
      (!FromHex(*after, &parent_id) || git_commit_lookup(Out(parent), repository, &parent_id) != 0)) {
    return failed();
  }
  git_oid blob;
  git_oid tree_id;
  OwnedTreeBuilder builder;
  OwnedTree tree;
  OwnedSignature signature;
  if (git_blob_create_from_buffer(&blob, repository, bytes.data(), bytes.size()) != 0 ||
      git_treebuilder_new(Out(builder), repository, nullptr) != 0 ||
      git_treebuilder_insert(nullptr, builder.get(), handle_->file.c_str(), &blob, GIT_FILEMODE_BLOB) != 0 ||
      git_treebuilder_write(&tree_id, builder.get()) != 0 ||
      git_tree_lookup(Out(tree), repository, &tree_id) != 0 ||
      git_signature_now(Out(signature), kName, kEmail) != 0) {
    return failed();
  }
  git_oid commit;
  const git_commit* parents[] = {parent.get()};
  // Without a reference: git_commit_create would move it whatever it is by then.
  if (git_commit_create(&commit, repository, nullptr, signature.get(), signature.get(), "UTF-8",
                        message.c_str(), tree.get(), after ? 1 : 0, parents) != 0) {
    return failed();
  }
  OwnedReference reference;
  const int code =
      after ? git_reference_create_matching(Out(reference), repository, handle_->reference.c_str(), &commit,
                                            /*force=*/1, &parent_id, "paliad: publish a checkpoint")
            : git_reference_create(Out(reference), repository, handle_->reference.c_str(), &commit,
                                   /*force=*/0, "paliad: publish a checkpoint");
  if (code == GIT_EMODIFIED || code == GIT_EEXISTS || code == GIT_ELOCKED || code == GIT_ENOTFOUND) {
    return Fail({ErrorKind::kConflict, "publish to", handle_->reference,
                 "another process published there at the same time", ""});
  }
  return code == 0 ? Result<std::string>(ToHex(commit)) : failed();
}

// libgit2's own look-up of remotes matches names by regular expression and, with PCRE2, leaks 20 KiB for
// every name that does not match (1.5): too much for a process that publishes for months.
Result<std::optional<std::string>> RefLog::RemoteUrl() const {
  OwnedConfig config;
  OwnedConfigIterator iterator;
  if (git_repository_config_snapshot(Out(config), handle_->repository.get()) != 0 ||
      git_config_iterator_new(Out(iterator), config.get()) != 0) {
    return Fail(handle_->Failed("look for a remote of"));
  }
  std::map<std::string, RemoteUrls> remotes;
  git_config_entry* entry = nullptr;
  while (git_config_next(&entry, iterator.get()) == 0) {
    std::string_view name = entry->name;
    constexpr std::string_view kPrefix = "remote.";
    const std::size_t dot = name.rfind('.');
    if (!name.starts_with(kPrefix) || dot < kPrefix.size()) {
      continue;
    }
    const std::string_view key = name.substr(dot + 1);
    if (key == "url" || key == "pushurl") {
      RemoteUrls& urls = remotes[std::string(name.substr(kPrefix.size(), dot - kPrefix.size()))];
      (key == "url" ? urls.fetch : urls.push) = entry->value;
    }
  }
  const auto chosen = remotes.size() == 1 ? remotes.begin() : remotes.find("origin");
  if (chosen == remotes.end()) {
    return std::nullopt;
  }
  const RemoteUrls& urls = chosen->second;
  const std::string& text = urls.push.empty() ? urls.fetch : urls.push;
  if (text.empty() || IsRemote(text)) {
    return text.empty() ? std::nullopt : std::optional(text);
  }
  // A path, relative to the work tree (or to the repository, where it is bare).
  const char* work_tree = git_repository_workdir(handle_->repository.get());
  const std::filesystem::path base =
      work_tree != nullptr ? work_tree : git_repository_path(handle_->repository.get());
  return "file://" + std::filesystem::absolute(base / text).lexically_normal().string();
}

}  // namespace paliad::git
