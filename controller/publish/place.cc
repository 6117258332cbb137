#include "controller/publish/place.h"

#include <fmt/format.h>

#include <utility>

#include "controller/publish/file_place.h"

namespace paliad::publish {
namespace {

constexpr std::string_view kFile = "file:";

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

Result<std::unique_ptr<Place>> MakePlace(const std::string& name) {
  if (name.starts_with(kFile) && name.size() > kFile.size()) {
    return std::make_unique<FilePlace>(name.substr(kFile.size()));
  }
  return Fail({.kind = ErrorKind::kInvalidInput,
               .doing = "publish checkpoints to",
               .subject = fmt::format("'{}'", name),
               .cause = "it is not a place of publication",
               .hint = "write file:DIR"});
}

Result<Places> MakePlaces(const std::vector<std::string>& names) {
  Places places;
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(std::unique_ptr<Place> place, MakePlace(name));
    places.push_back(std::move(place));
  }
  return places;
}

}  // namespace paliad::publish
