#include "controller/publish/incarnate.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/json.h"
#include "controller/store/queries.h"
#include "controller/store/run_recorder.h"
#include "ledger/checkpoint.h"
#include "ledger/encoding.h"
#include "ledger/entry.h"

namespace paliad::publish {
namespace {

constexpr std::size_t kMostCheckpoints = 1'000;

Error NotNew(const std::string& origin, std::string cause, std::string hint) {
  return {.kind = ErrorKind::kInvalidInput,
          .doing = "begin a new incarnation as",
          .subject = origin,
          .cause = std::move(cause),
          .hint = std::move(hint)};
}

// Oldest first, of every place.
Result<std::vector<PublishedNote>> ReadNotes(const Places& places) {
  std::vector<PublishedNote> notes;
  for (const auto& place : places) {
    ASSIGN_OR_RETURN(std::vector<PublishedNote> of_place, place->ReadAll(kMostCheckpoints));
    std::move(of_place.begin(), of_place.end(), std::back_inserter(notes));
  }
  return notes;
}

// Under which name the log was published last: the origin of the places' newest checkpoints.
Result<std::string> FindPrevious(const Places& places, const store::ProvenHead& head,
                                 const std::string& origin) {
  std::set<std::string> origins;
  for (const auto& place : places) {
    ASSIGN_OR_RETURN(const std::optional<PublishedNote> latest, place->ReadLatest());
    if (latest) {
      origins.insert(ledger::OriginOf(latest->bytes));
    }
  }
  if (origins.empty() && head.last_checkpoint) {
    origins.insert(ledger::OriginOf(*head.last_checkpoint));
  }
  if (origins.empty()) {
    return Fail(NotNew(origin, "no checkpoint was ever made that the log would not continue",
                       "there is nothing to do: `paliadctl ledger checkpoint` makes the first one"));
  }
  if (origins.contains(origin)) {
    return Fail(
        NotNew(origin, "that is the origin which checkpoints were published under",
               "choose another one, such as the old one with '#2' behind it: --ledger-origin, or `origin` in "
               "the configuration"));
  }
  if (origins.size() > 1) {
    return Fail(NotNew(origin,
                       fmt::format("the places hold checkpoints of several logs, '{}' and '{}'",
                                   *origins.begin(), *origins.rbegin()),
                       "give each log places of its own"));
  }
  return *origins.begin();
}

}  // namespace

Result<Incarnation> Incarnate(pg::Session& session, const LogIdentity& identity, const Places& places,
                              const AnchorOptions& options, const std::string& reason, const Clock& clock) {
  ASSIGN_OR_RETURN(store::ProvenHead head, store::ReadProvenHead(session, options.cache, {}));
  Incarnation incarnation{.origin = identity.origin};
  ASSIGN_OR_RETURN(incarnation.previous_origin, FindPrevious(places, head, identity.origin));
  ASSIGN_OR_RETURN(const std::vector<PublishedNote> notes, ReadNotes(places));
  std::map<std::uint64_t, Sha256Digest> published;
  for (const PublishedNote& note : notes) {
    const auto opened = ledger::OpenCheckpoint(note.bytes, incarnation.previous_origin,
                                               identity.TrustedFor(incarnation.previous_origin));
    if (opened) {
      published[opened->checkpoint.size] = opened->checkpoint.root;
    }
  }
  std::vector<std::uint64_t> sizes;
  for (const auto& [size, root] : published) {
    sizes.push_back(size);
    incarnation.published_size = size;
  }
  ASSIGN_OR_RETURN(head, store::ReadProvenHead(session, options.cache, sizes));
  for (const auto& [size, root] : head.roots) {
    if (published.at(size) == root) {
      incarnation.agreed_size = size;
    }
  }
  store::RunRecorder recorder({.run_id = ledger::NewUuid(), .target = options.target, .tracker = kLogTracker},
                              clock, /*first_ordinal=*/0, identity.AppendSecret());
  ASSIGN_OR_RETURN(std::string ledger_id, store::ReadLedgerId(session));
  recorder.SetLedger(std::move(ledger_id));
  RETURN_IF_ERROR(recorder.Add(
      ledger::Kind::kIncarnation,
      {{"origin", incarnation.origin},
       {"previous_origin", incarnation.previous_origin},
       {"published_size", incarnation.published_size},
       {"published_root",
        published.empty() ? Json(nullptr) : Json(ledger::FormatHash(published.rbegin()->second))},
       {"agreed_size", incarnation.agreed_size},
       {"reason", reason},
       {"actor", options.actor}}));
  RETURN_IF_ERROR(CommitWaiting(session, recorder));
  return incarnation;
}

}  // namespace paliad::publish
