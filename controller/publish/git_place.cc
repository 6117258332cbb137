#include "controller/publish/git_place.h"

#include <fmt/format.h>

#include <utility>

#include "controller/git/fetch.h"
#include "controller/git/ref_transfer.h"

namespace paliad::publish {
namespace {

constexpr char kFile[] = "checkpoint";
constexpr std::chrono::seconds kDeadline{20};  // a run's answer waits for it

}  // namespace

std::string GitPlace::Source(const std::string& commit) const {
  return fmt::format("{} at commit {}", name(), commit.substr(0, 12));
}

Status GitPlace::Refresh() {
  if (git::IsRemote(repository_.location)) {
    git::FetchOptions fetch;
    fetch.url = repository_.location;
    fetch.branch = repository_.branch;
    fetch.data_dir = repository_.data_dir;
    fetch.references = {reference_};
    fetch.credentials = repository_.credentials;
    fetch.deadline = kDeadline;
    ASSIGN_OR_RETURN(folder_, git::Fetch(fetch));
    remote_ = repository_.location;
  } else {
    folder_ = repository_.location;
  }
  ASSIGN_OR_RETURN(log_, git::RefLog::Open(folder_, reference_, kFile));
  if (!git::IsRemote(repository_.location)) {
    ASSIGN_OR_RETURN(remote_, log_->RemoteUrl());
  }
  if (!remote_) {
    return {};
  }
  ASSIGN_OR_RETURN(remote_tip_, git::FetchRef({.repository = folder_,
                                               .url = *remote_,
                                               .reference = reference_,
                                               .credentials = repository_.credentials,
                                               .deadline = kDeadline}));
  return {};
}

Result<std::optional<PublishedNote>> GitPlace::ReadLatest() {
  RETURN_IF_ERROR(Refresh());
  ASSIGN_OR_RETURN(const std::optional<git::RefVersion> latest, log_->Latest());
  tip_ = latest ? std::optional(latest->commit) : std::nullopt;
  return latest ? std::optional(PublishedNote{.source = Source(latest->commit), .bytes = latest->bytes})
                : std::nullopt;
}

Result<std::vector<PublishedNote>> GitPlace::ReadAll(std::size_t most) {
  RETURN_IF_ERROR(Refresh());
  ASSIGN_OR_RETURN(const std::vector<git::RefVersion> versions, log_->All(&EvenlySpread, most));
  std::vector<PublishedNote> notes;
  for (const git::RefVersion& version : versions) {
    notes.push_back({.source = Source(version.commit), .bytes = version.bytes});
  }
  return notes;
}

Status GitPlace::Push() {
  return remote_ ? git::PushRef({.repository = folder_,
                                 .url = *remote_,
                                 .reference = reference_,
                                 .credentials = repository_.credentials,
                                 .deadline = kDeadline})
                 : Status();
}

Status GitPlace::Publish(std::uint64_t size, const std::string& note,
                         const std::optional<PublishedNote>& after) {
  ASSIGN_OR_RETURN(
      tip_, log_->Append(note, fmt::format("Checkpoint of {} entries\n", size), after ? tip_ : std::nullopt));
  RETURN_IF_ERROR(Push());
  remote_tip_ = tip_;
  return {};
}

Status GitPlace::Complete() {
  if (!remote_ || remote_tip_ == tip_) {
    return {};
  }
  RETURN_IF_ERROR(Push());
  remote_tip_ = tip_;
  return {};
}

}  // namespace paliad::publish
