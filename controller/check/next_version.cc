#include "controller/check/next_version.h"

#include <algorithm>
#include <limits>
#include <set>

#include "migrations/directory_source.h"

namespace paliad {
namespace {

void Claim(const SourceTree& tree, NextVersion& highest) {
  for (const SourceEntry& entry : tree.entries) {
    const FileName name = ParseFileName(entry.name);
    const bool numbered = name.kind == FileNameKind::kUp || name.kind == FileNameKind::kDown;
    if (numbered && name.version >= highest.version) {
      highest = {.version = name.version, .width = static_cast<int>(entry.name.find('_'))};
    }
  }
}

}  // namespace

Result<NextVersion> FindNextVersion(const git::Repository& repository, const std::string& path) {
  NextVersion highest{.version = 0, .width = 3};
  ASSIGN_OR_RETURN(const std::vector<git::Repository::Ref> refs, repository.Refs());
  std::set<std::string> seen;
  for (const git::Repository::Ref& ref : refs) {
    const Result<std::string> tree_id = repository.TreeId(ref.commit, path);
    if (!tree_id || !seen.insert(*tree_id).second) {
      continue;  // a branch without the folder claims nothing
    }
    ASSIGN_OR_RETURN(const SourceTree tree, repository.ReadTree(ref.commit, path));
    Claim(tree, highest);
  }
  if (const Result<SourceTree> files = ReadDirectory(JoinPath(repository.WorkTree(), path))) {
    Claim(*files, highest);
  }
  if (highest.version == std::numeric_limits<Version>::max()) {
    return Fail({.kind = ErrorKind::kInvalidInput,
                 .doing = "find the next version",
                 .subject = "",
                 .cause = "the last one, 2147483647, is taken",
                 .hint = "rename that migration before it is applied"});
  }
  return NextVersion{.version = highest.version + 1, .width = highest.width};
}

}  // namespace paliad
