// Place: where checkpoints are published, so that the database's administrator cannot take one back.
#ifndef PALIAD_CONTROLLER_PUBLISH_PLACE_H_
#define PALIAD_CONTROLLER_PUBLISH_PLACE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "controller/git/fetch.h"

namespace paliad::publish {

struct PublishedNote {
  std::string source;  // "file:/srv/checkpoints/00000000000000000012.checkpoint": for people
  std::string bytes;
};

// Not thread-safe. Every call returns kUnavailable if the place cannot be reached, read or written to.
class Place {
 public:
  explicit Place(std::string name) : name_(std::move(name)) {}
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  virtual ~Place() = default;

  const std::string& name() const { return name_; }  // as it was configured

  // The newest checkpoint; none: nothing was published here.
  [[nodiscard]] virtual Result<std::optional<PublishedNote>> ReadLatest() = 0;

  // Oldest first. At most `most` (> 1) of them, spread evenly over all, with the first and the newest.
  [[nodiscard]] virtual Result<std::vector<PublishedNote>> ReadAll(std::size_t most) = 0;

  // Adds a checkpoint of `size` entries after the one that ReadLatest returned. kConflict if that is not the
  // newest any more; nothing is changed then. What is there is never overwritten.
  [[nodiscard]] virtual Status Publish(std::uint64_t size, const std::string& note,
                                       const std::optional<PublishedNote>& after) = 0;

  // What ReadLatest returned is on its way: brings it to where it counts. Nothing to do for most places.
  [[nodiscard]] virtual Status Complete() { return {}; }

 private:
  const std::string name_;
};

using Places = std::vector<std::unique_ptr<Place>>;

// `positions` of the elements 0 … count - 1 that ReadAll returns.
std::vector<std::size_t> EvenlySpread(std::size_t count, std::size_t most);

// The target's repository, for who publishes there.
struct RepositoryLocation {
  std::string location;  // a folder or a URL
  std::string branch;
  std::string data_dir;
  git::Credentials credentials;
};

// From "file:DIR" or "git:REF". kInvalidInput for anything else. Nothing is looked at yet.
[[nodiscard]] Result<std::unique_ptr<Place>> MakePlace(const std::string& name,
                                                       const RepositoryLocation& repository);

[[nodiscard]] Result<Places> MakePlaces(const std::vector<std::string>& names,
                                        const RepositoryLocation& repository);

}  // namespace paliad::publish

#endif  // PALIAD_CONTROLLER_PUBLISH_PLACE_H_
