#include "controller/audit/newest_checkpoint.h"

#include <utility>
#include <vector>

namespace paliad::audit {

Result<TrustedCheckpoint> FindNewestCheckpoint(const LogReader& log, const publish::LogIdentity& identity,
                                               const publish::Places& places) {
  std::vector<publish::PublishedNote> notes;
  for (const auto& place : places) {
    ASSIGN_OR_RETURN(std::optional<publish::PublishedNote> latest, place->ReadLatest());
    if (latest) {
      notes.push_back(*std::move(latest));
    }
  }
  if (places.empty()) {
    ASSIGN_OR_RETURN(const std::vector<std::string> copies, log.ReadCheckpoints());
    for (const std::string& copy : copies) {
      notes.push_back({.source = "the database's own copy", .bytes = copy});
    }
  }
  std::optional<TrustedCheckpoint> newest;
  for (publish::PublishedNote& note : notes) {
    auto opened = ledger::OpenCheckpoint(note.bytes, identity.origin, identity.trusted);
    if (opened && (!newest || newest->checkpoint.size < opened->checkpoint.size)) {
      newest = TrustedCheckpoint{.checkpoint = opened->checkpoint,
                                 .note = std::move(note.bytes),
                                 .is_signed = !opened->signers.empty(),
                                 .source = std::move(note.source)};
    }
  }
  if (!newest) {
    return Fail(
        {.kind = ErrorKind::kInvalidInput,
         .doing = "find a checkpoint of",
         .subject = identity.origin,
         .cause = identity.trusted.empty() ? "none was made" : "none was made that a trusted key signed",
         .hint = "`paliadctl ledger checkpoint` makes one"});
  }
  return *std::move(newest);
}

}  // namespace paliad::audit
