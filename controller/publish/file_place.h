// file:DIR, a folder of checkpoints:
//
//   DIR/latest                             the newest one
//   DIR/00000000000000000012.checkpoint    each one, by its size in 20 digits
//   DIR/00000000000000000012.1f2e3d4c.checkpoint   a second one of that size (another origin, another key)
//
// A checkpoint is `latest` first, by rename, and then also gets its own name, which nothing ever overwrites.
// Writers of several processes exclude each other by flock on DIR/.lock.
#ifndef PALIAD_CONTROLLER_PUBLISH_FILE_PLACE_H_
#define PALIAD_CONTROLLER_PUBLISH_FILE_PLACE_H_

#include <string>

#include "controller/publish/place.h"

namespace paliad::publish {

class FilePlace final : public Place {
 public:
  // The folder is made by the first Publish.
  explicit FilePlace(const std::string& folder) : Place("file:" + folder), folder_(folder) {}

  Result<std::optional<PublishedNote>> ReadLatest() override;
  Result<std::vector<PublishedNote>> ReadAll(std::size_t most) override;
  Status Publish(std::uint64_t size, const std::string& note,
                 const std::optional<PublishedNote>& after) override;

 private:
  std::string Path(const std::string& file) const { return folder_ + "/" + file; }
  Error Failure(std::string doing, const std::string& path, int error_number) const;

  // Names of checkpoints, in order.
  Result<std::vector<std::string>> List() const;
  Result<std::optional<PublishedNote>> Read(const std::string& file) const;

  // Gives `latest` its own name, where it has none.
  Status KeepLatest(std::uint64_t size, const std::string& note) const;
  Status WriteLatest(const std::string& note) const;
  Status SyncFolder() const;

  const std::string folder_;
};

}  // namespace paliad::publish

#endif  // PALIAD_CONTROLLER_PUBLISH_FILE_PLACE_H_
