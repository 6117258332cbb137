#include "controller/publish/place.h"

#include <fmt/format.h>

#include <utility>

#include "controller/publish/file_place.h"
#include "controller/publish/git_place.h"

namespace paliad::publish {
namespace {

constexpr std::string_view kFile = "file:";
constexpr std::string_view kGit = "git:";

}  // namespace

std::vector<std::size_t> EvenlySpread(std::size_t count, std::size_t most) {
  std::vector<std::size_t> positions;
  if (count <= most) {
    for (std::size_t i = 0; i < count; ++i) {
      positions.push_back(i);
    }
    return positions;
  }
  for (std::size_t i = 0; i < most; ++i) {
    positions.push_back(i * (count - 1) / (most - 1));
  }
  return positions;
}

Result<std::unique_ptr<Place>> MakePlace(const std::string& name, const RepositoryLocation& repository) {
  if (name.starts_with(kFile) && name.size() > kFile.size()) {
    return std::make_unique<FilePlace>(name.substr(kFile.size()));
  }
  if (name.starts_with(std::string(kGit) + "refs/")) {
    return std::make_unique<GitPlace>(name.substr(kGit.size()), repository);
  }
  return Fail({.kind = ErrorKind::kInvalidInput,
               .doing = "publish checkpoints to",
               .subject = fmt::format("'{}'", name),
               .cause = "it is not a place of publication",
               .hint = "write file:DIR, or git:REF with a whole name such as git:refs/paliad/ledger"});
}

Result<Places> MakePlaces(const std::vector<std::string>& names, const RepositoryLocation& repository) {
  Places places;
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(std::unique_ptr<Place> place, MakePlace(name, repository));
    places.push_back(std::move(place));
  }
  return places;
}

}  // namespace paliad::publish
