#include "controller/publish/anchor.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "controller/store/queries.h"
#include "controller/store/run_recorder.h"
#include "ledger/checkpoint.h"
#include "ledger/encoding.h"
#include "ledger/entry.h"
#include "ledger/note.h"

namespace paliad::publish {
namespace {

// Another publisher makes one start over; ten of them at once are told to come back.
constexpr int kMostTries = 10;

// What a place had when it was looked at.
struct Seen {
  Place* place = nullptr;
  std::optional<PublishedNote> note;
  std::optional<ledger::Checkpoint> checkpoint;  // of this log's origin
  std::optional<Error> error;                    // it could not be read
};

Error NotThisLogs(const std::string& source, std::string cause, std::string hint) {
  return {.kind = ErrorKind::kCorruption,
          .doing = "continue the checkpoint",
          .subject = source,
          .cause = std::move(cause),
          .hint = std::move(hint)};
}

std::string Describe(const ledger::Checkpoint& checkpoint) {
  return fmt::format("{} entries with root {}", checkpoint.size, ledger::FormatHash(checkpoint.root));
}

// The origin of a note, whoever signed it: its first line.
// The origins under which this log went on, oldest first: from its own entries.
struct Lineage {
  std::vector<std::string> former;
  std::optional<std::string> current;  // none: it never changed
};

Result<Lineage> ReadLineage(const store::ProvenHead& head) {
  Lineage lineage;
  for (const store::ProvenHead::LogEntry& entry : head.about_itself) {
    if (entry.kind != KindName(ledger::Kind::kIncarnation)) {
      continue;
    }
    ASSIGN_OR_RETURN(const Json leaf, ParseJson(entry.leaf));
    lineage.former.push_back(leaf.value("previous_origin", ""));
    lineage.current = leaf.value("origin", "");
  }
  return lineage;
}

class Anchorer {
 public:
  Anchorer(pg::Session& session, const LogIdentity& identity, const Places& places,
           const AnchorOptions& options, const Clock& clock)
      : session_(session), identity_(identity), places_(places), options_(options), clock_(clock) {}

  Result<Anchoring> Execute() {
    for (int i = 0; i < kMostTries; ++i) {
      RETURN_IF_ERROR(Look());
      ASSIGN_OR_RETURN(const bool rotated, RecordRotation());
      if (rotated) {
        RETURN_IF_ERROR(Look());
      }
      RETURN_IF_ERROR(Sign());
      if (Publish()) {
        break;
      }
    }
    return std::move(result_);
  }

 private:
  // What is published and what the log is, and that one continues the other.
  Status Look() {
    seen_.clear();
    std::vector<std::uint64_t> sizes;
    for (const std::unique_ptr<Place>& place : places_) {
      ASSIGN_OR_RETURN(Seen seen, LookAt(*place));
      if (seen.checkpoint) {
        sizes.push_back(seen.checkpoint->size);
      }
      seen_.push_back(std::move(seen));
    }
    ASSIGN_OR_RETURN(head_, store::ReadProvenHead(session_, options_.cache, sizes));
    if (head_.size == 0) {
      return Fail({.kind = ErrorKind::kInvalidInput,
                   .doing = "make a checkpoint of",
                   .subject = identity_.origin,
                   .cause = "the log has no entries",
                   .hint = "`paliadctl reconcile` makes the first ones"});
    }
    RETURN_IF_ERROR(RequireOrigin());
    for (const Seen& seen : seen_) {
      RETURN_IF_ERROR(RequireContinues(seen));
    }
    return {};
  }

  Result<Seen> LookAt(Place& place) {
    Seen seen{.place = &place};
    Result<std::optional<PublishedNote>> latest = place.ReadLatest();
    if (!latest) {
      seen.error = latest.error();
      return seen;
    }
    seen.note = *std::move(latest);
    if (!seen.note || ledger::OriginOf(seen.note->bytes) != identity_.origin) {
      return seen;  // RequireOrigin judges another one
    }
    const auto opened = ledger::OpenCheckpoint(seen.note->bytes, identity_.origin, identity_.trusted);
    if (opened) {
      seen.checkpoint = opened->checkpoint;
      return seen;
    }
    // A log that was published before it had a key is signed from here on.
    if (opened.error().kind == ledger::ProblemKind::kUnsigned) {
      const auto unsigned_one = ledger::OpenCheckpoint(seen.note->bytes, identity_.origin, {});
      if (unsigned_one) {
        seen.checkpoint = unsigned_one->checkpoint;
        return seen;
      }
    }
    return Fail(
        NotThisLogs(seen.note->source, opened.error().detail,
                    "trust the key that signed it, or find out who wrote it; nothing is signed until then"));
  }

  Status RequireOrigin() {
    ASSIGN_OR_RETURN(const Lineage lineage, ReadLineage(head_));
    if (lineage.current && *lineage.current != identity_.origin) {
      return Fail({.kind = ErrorKind::kInvalidInput,
                   .doing = "sign under the origin",
                   .subject = identity_.origin,
                   .cause = fmt::format("the log goes on as '{}' since `ledger incarnate`", *lineage.current),
                   .hint = "configure that origin"});
    }
    for (const Seen& seen : seen_) {
      if (!seen.note || seen.checkpoint) {
        continue;
      }
      const std::string origin = ledger::OriginOf(seen.note->bytes);
      if (std::find(lineage.former.begin(), lineage.former.end(), origin) == lineage.former.end()) {
        return Fail(
            NotThisLogs(seen.note->source,
                        fmt::format("it is of the log '{}', and this one is '{}'", origin, identity_.origin),
                        "give each log a place of its own; after a restore from backup, `paliadctl ledger "
                        "incarnate` begins a "
                        "new origin"));
      }
    }
    return {};
  }

  Status RequireContinues(const Seen& seen) const {
    if (!seen.checkpoint) {
      return {};
    }
    const std::string hint =
        "somebody changed the ledger, or the database was restored from a backup: `paliadctl ledger verify` "
        "says "
        "what is missing. Where it was restored, choose a new origin and run `paliadctl ledger incarnate "
        "--reason "
        "TEXT`";
    const auto root = head_.roots.find(seen.checkpoint->size);
    if (root == head_.roots.end()) {
      return Fail(NotThisLogs(seen.note->source,
                              fmt::format("it is of {}, and the database has only {} entries",
                                          Describe(*seen.checkpoint), head_.size),
                              hint));
    }
    if (root->second != seen.checkpoint->root) {
      return Fail(NotThisLogs(
          seen.note->source,
          fmt::format("it is of {}, and the first {} entries of the database have root {}",
                      Describe(*seen.checkpoint), seen.checkpoint->size, ledger::FormatHash(root->second)),
          hint));
    }
    return {};
  }

  // The keys that signed the log under this origin so far: "name+id".
  std::vector<std::string> FormerKeys() const {
    std::vector<std::string> notes;
    for (const Seen& seen : seen_) {
      if (seen.checkpoint) {
        notes.push_back(seen.note->bytes);
      }
    }
    if (head_.last_checkpoint) {
      notes.push_back(*head_.last_checkpoint);
    }
    std::vector<std::string> labels;
    for (const std::string& bytes : notes) {
      const auto note = ledger::ParseNote(bytes);
      for (const ledger::NoteSignature& signature :
           note ? note->signatures : std::vector<ledger::NoteSignature>()) {
        if (signature.name == identity_.origin) {
          labels.push_back(fmt::format("{}+{:08x}", signature.name, signature.key_id));
        }
      }
    }
    return labels;
  }

  std::string LastRotation() const {
    for (auto entry = head_.about_itself.rbegin(); entry != head_.about_itself.rend(); ++entry) {
      if (entry->kind == KindName(ledger::Kind::kKeyRotated)) {
        const auto leaf = ParseJson(entry->leaf);
        return leaf ? leaf->value("key", "") : "";
      }
    }
    return "";
  }

  // True if an entry was appended.
  Result<bool> RecordRotation() {
    if (identity_.signers.empty()) {
      return false;
    }
    const ledger::VerifierKey& key = identity_.signers.front().verifier;
    const std::vector<std::string> former = FormerKeys();
    if (former.empty() || std::find(former.begin(), former.end(), key.Label()) != former.end() ||
        LastRotation() == key.Format()) {
      return false;
    }
    store::RunRecorder recorder(
        {.run_id = ledger::NewUuid(), .target = options_.target, .tracker = kLogTracker}, clock_,
        /*first_ordinal=*/0, identity_.AppendSecret());
    ASSIGN_OR_RETURN(std::string ledger_id, store::ReadLedgerId(session_));
    recorder.SetLedger(std::move(ledger_id));
    RETURN_IF_ERROR(recorder.Add(ledger::Kind::kKeyRotated, {{"origin", identity_.origin},
                                                             {"key", key.Format()},
                                                             {"previous_key", former.front()},
                                                             {"from_size", head_.size + 1},
                                                             {"actor", options_.actor}}));
    RETURN_IF_ERROR(CommitWaiting(session_, recorder));
    return true;
  }

  // The commit of the database's own copy also brings what is signed to the server's disk.
  Status Sign() {
    result_.checkpoint = {.origin = identity_.origin, .size = head_.size, .root = head_.root};
    result_.note = SignCheckpoint(result_.checkpoint, identity_.signers);
    result_.is_signed = !identity_.signers.empty();
    const auto opened = ledger::OpenCheckpoint(result_.note, identity_.origin, identity_.trusted);
    if (!opened) {
      return Fail({.kind = ErrorKind::kInvalidInput,
                   .doing = "sign a checkpoint of",
                   .subject = fmt::format("{} entries", head_.size),
                   .cause = opened.error().detail,
                   .hint = "the verifier keys say for which sizes each key is trusted"});
    }
    std::string key_id;
    if (result_.is_signed) {
      const std::uint32_t id = identity_.signers.front().verifier.id();
      for (const int shift : {24, 16, 8, 0}) {
        key_id += static_cast<char>((id >> shift) & 0xFF);
      }
    }
    return session_
        .Run(store::FlushedSql(fmt::format("SELECT paliad_ledger.put_checkpoint({}, {}, {});", head_.size,
                                           pg::QuoteBytes(key_id), pg::QuoteText(result_.note))),
             "write the checkpoint down")
        .map([](const auto&) {});
  }

  bool HasIt(const Seen& seen) const {
    if (!seen.checkpoint || seen.checkpoint->size < head_.size) {
      return false;
    }
    // The same tree, signed by another key or not at all: the new signature is worth a checkpoint.
    return seen.checkpoint->size > head_.size || !result_.is_signed ||
           seen.note->bytes.find(fmt::format("\n\u2014 {} ", identity_.origin)) != std::string::npos;
  }

  // False if another publisher came in between.
  bool Publish() {
    result_.places.clear();
    bool lost_a_race = false;
    for (const Seen& seen : seen_) {
      PlaceOutcome outcome{.place = seen.place->name(), .error = seen.error};
      if (!outcome.error) {
        const Status published =
            HasIt(seen) ? seen.place->Complete() : seen.place->Publish(head_.size, result_.note, seen.note);
        if (!published) {
          outcome.error = published.error();
          lost_a_race = lost_a_race || published.error().kind == ErrorKind::kConflict;
        }
      }
      result_.places.push_back(std::move(outcome));
    }
    return !lost_a_race;
  }

  pg::Session& session_;
  const LogIdentity& identity_;
  const Places& places_;
  const AnchorOptions& options_;
  const Clock& clock_;
  std::vector<Seen> seen_;
  store::ProvenHead head_;
  Anchoring result_;
};

}  // namespace

bool Anchoring::PublishedEverywhere() const {
  return std::none_of(places.begin(), places.end(), [](const PlaceOutcome& place) { return place.error; });
}

Result<Anchoring> Anchor(pg::Session& session, const LogIdentity& identity, const Places& places,
                         const AnchorOptions& options, const Clock& clock) {
  return Anchorer(session, identity, places, options, clock).Execute();
}

}  // namespace paliad::publish
