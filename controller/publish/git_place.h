// git:REF, a reference of its own in the target's repository: one commit a checkpoint, in the file
// `checkpoint`, fast-forward only. Where the repository has a remote, that is the place, and the local
// reference is only the way there.
#ifndef PALIAD_CONTROLLER_PUBLISH_GIT_PLACE_H_
#define PALIAD_CONTROLLER_PUBLISH_GIT_PLACE_H_

#include <optional>
#include <string>

#include "controller/git/ref_log.h"
#include "controller/publish/place.h"

namespace paliad::publish {

class GitPlace final : public Place {
 public:
  GitPlace(const std::string& reference, RepositoryLocation repository)
      : Place("git:" + reference), reference_(reference), repository_(std::move(repository)) {}

  Result<std::optional<PublishedNote>> ReadLatest() override;
  Result<std::vector<PublishedNote>> ReadAll(std::size_t most) override;
  Status Publish(std::uint64_t size, const std::string& note,
                 const std::optional<PublishedNote>& after) override;
  Status Complete() override;

 private:
  // Opens the repository and brings the reference up to date with the remote's. Once, until something is
  // published.
  Status Refresh();
  Status Push();
  std::string Source(const std::string& commit) const;

  const std::string reference_;
  const RepositoryLocation repository_;
  std::optional<git::RefLog> log_;
  std::string folder_;                     // of the repository on this machine
  std::optional<std::string> remote_;      // its URL
  std::optional<std::string> remote_tip_;  // none: the remote has no such reference
  std::optional<std::string> tip_;         // of the local reference, when it was read
};

}  // namespace paliad::publish

#endif  // PALIAD_CONTROLLER_PUBLISH_GIT_PLACE_H_
