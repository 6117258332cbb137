#include "controller/audit/verify_database.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "controller/audit/index_check.h"
#include "controller/audit/row_check.h"
#include "ledger/body.h"
#include "ledger/checkpoint.h"
#include "ledger/entry.h"
#include "ledger/verify.h"

namespace paliad::audit {
namespace {

using ledger::ProblemKind;

// A checkpoint of an origin that the log may have had before an incarnation.
struct Former {
  std::string source;
  ledger::Checkpoint checkpoint;
  bool agrees = false;  // with the tree of that size
};

// An incarnation, as its entry tells of it.
struct Incarnation {
  std::uint64_t seq = 0;
  std::string previous_origin;
  std::uint64_t agreed_size = 0;  // the former checkpoints up to this size hold
};

class DatabaseVerification {
 public:
  DatabaseVerification(const LogReader& log, const publish::LogIdentity& identity)
      : log_(log), identity_(identity) {}

  Result<Verification> Run(const std::vector<publish::PublishedNote>& published) {
    Sort(published);
    AddUnsigned();
    ASSIGN_OR_RETURN(const std::vector<std::string> copies, log_.ReadCheckpoints());
    AddCopies(copies, published.empty());
    ASSIGN_OR_RETURN(const std::vector<std::int64_t> below_zero, log_.ReadNumbersBelowZero());
    for (const std::int64_t number : below_zero) {
      problems_.Add(ProblemKind::kEdited,
                    fmt::format("an entry was inserted before the first one, as number {}", number));
    }
    if (below_zero.size() == LogReader::kMostBelowZero) {
      problems_.Add(ProblemKind::kEdited, "there may be more entries before the first one");
    }
    ASSIGN_OR_RETURN(bodies_, log_.ReadBodyDigests());
    body_is_named_.resize(bodies_.size());
    ledger::LogVerifier verifier(identity_.origin, std::move(main_), std::move(problems_));
    RETURN_IF_ERROR(log_.ForEachRow(0, std::nullopt, [&](const LogRow& row) {
      CompareFormer(verifier.range());
      verifier.Add(row.seq, row.leaf, row.leaf_hash ? row.leaf_hash : std::optional(Sha256Digest{}));
      CheckRow(row, verifier.problems());
      return Status();
    }));
    CompareFormer(verifier.range());
    JudgeFormer(verifier.range().size(), verifier.problems());
    RETURN_IF_ERROR(CheckBodies(verifier.problems()));
    RETURN_IF_ERROR(CheckIndexes(log_.session(), verifier.problems()));
    result_.report = verifier.Finish();
    result_.report.bodies = good_bodies_;
    AnchorByFormer();
    AddNotes(published.empty());
    return std::move(result_);
  }

 private:
  // Which of the published checkpoints are this origin's, and which may be of a former one.
  void Sort(const std::vector<publish::PublishedNote>& published) {
    for (const publish::PublishedNote& note : published) {
      const std::string origin = ledger::OriginOf(note.bytes);
      if (origin == identity_.origin) {
        AddOwn(note);
        continue;
      }
      auto opened = ledger::OpenCheckpoint(note.bytes, origin, identity_.TrustedFor(origin));
      if (opened) {
        former_.emplace(opened->checkpoint.size,
                        Former{.source = note.source, .checkpoint = opened->checkpoint});
      } else {
        problems_.Add(opened.error().kind, fmt::format("{}: {}", note.source, opened.error().detail));
      }
    }
  }

  // A log may have been published for a while before it had a key: unsigned checkpoints vouch for nothing
  // then, and have to agree with it all the same.
  void AddOwn(const publish::PublishedNote& note) {
    const auto opened = ledger::OpenCheckpoint(note.bytes, identity_.origin, identity_.trusted);
    if (!opened && opened.error().kind == ProblemKind::kUnsigned) {
      if (const auto unsigned_one = ledger::OpenCheckpoint(note.bytes, identity_.origin, {})) {
        unsigned_.push_back({.source = note.source, .checkpoint = unsigned_one->checkpoint});
        return;
      }
    }
    main_.Add(note.source, note.bytes, identity_.origin, identity_.trusted, problems_);
  }

  void AddUnsigned() {
    const std::uint64_t signed_size = main_.by_size().empty() ? 0 : main_.by_size().rbegin()->first;
    for (Former& one : unsigned_) {
      if (one.checkpoint.size < signed_size) {
        copies_.emplace(one.checkpoint.size, std::move(one));
      } else {
        problems_.Add(ProblemKind::kUnsigned, fmt::format("{}: the checkpoint is not signed", one.source));
      }
    }
  }

  // Nobody can make a trusted signature by writing to the database: a copy that has one holds against the
  // log. It vouches for the log only where nothing was published: whoever may write can take the last
  // away.
  void AddCopies(const std::vector<std::string>& copies, bool is_all_there_is) {
    if (identity_.trusted.empty()) {
      return;
    }
    for (const std::string& copy : copies) {
      if (!ledger::OpenCheckpoint(copy, identity_.origin, identity_.trusted)) {
        continue;
      }
      used_copies_ = used_copies_ || is_all_there_is;
      const std::string source = "the database's own copy";
      if (is_all_there_is) {
        main_.Add(source, copy, identity_.origin, identity_.trusted, problems_);
      } else if (const auto opened = ledger::OpenCheckpoint(copy, identity_.origin, identity_.trusted)) {
        copies_.emplace(opened->checkpoint.size, Former{.source = source, .checkpoint = opened->checkpoint});
      }
    }
  }

  void CompareFormer(const ledger::CompactRange& range) {
    for (auto* checkpoints : {&former_, &copies_}) {
      const auto [first, last] = checkpoints->equal_range(range.size());
      if (first == last) {
        continue;
      }
      const Sha256Digest root = range.Root();
      for (auto former = first; former != last; ++former) {
        former->second.agrees = former->second.checkpoint.root == root;
      }
    }
  }

  void CheckRow(const LogRow& row, ledger::Problems& problems) {
    const std::optional<LeafFields> fields = ReadLeafFields(row.leaf);
    if (!fields) {
      return;  // said by the verifier
    }
    CheckColumns(row, *fields, problems);
    for (const Sha256Digest& digest : fields->digests) {
      const auto place = std::lower_bound(bodies_.begin(), bodies_.end(), digest);
      if (place != bodies_.end() && *place == digest) {
        body_is_named_[static_cast<std::size_t>(place - bodies_.begin())] = true;
      }
      if (fields->kind() == "redaction") {
        redacted_.push_back(digest);
      }
    }
    for (const Sha256Digest& digest : fields->bodies) {
      if (!std::binary_search(bodies_.begin(), bodies_.end(), digest)) {
        problems.Add(ProblemKind::kBody,
                     fmt::format("the body {} is not there, though no entry says that it was taken out",
                                 HexEncode(AsBytes(digest))),
                     row.seq);
      }
    }
    if (fields->kind() == KindName(ledger::Kind::kIncarnation)) {
      ReadIncarnation(row);
    }
  }

  void ReadIncarnation(const LogRow& row) {
    const Result<Json> leaf = ParseJson(row.leaf);
    if (!leaf) {
      return;
    }
    incarnations_.push_back({.seq = row.seq,
                             .previous_origin = leaf->value("previous_origin", ""),
                             .agreed_size = leaf->value("agreed_size", std::uint64_t{0})});
    result_.notes.push_back(fmt::format("entry {} begins a new incarnation, '{}' after '{}': {}", row.seq,
                                        leaf->value("origin", ""), incarnations_.back().previous_origin,
                                        leaf->value("reason", "")));
  }

  // A former origin's checkpoints hold up to where its incarnation says that the two histories part.
  void JudgeFormer(std::uint64_t size, ledger::Problems& problems) {
    std::uint64_t superseded = 0;
    for (const auto& [former_size, former] : former_) {
      const std::string& origin = former.checkpoint.origin;
      const auto incarnation =
          std::find_if(incarnations_.begin(), incarnations_.end(),
                       [&origin](const Incarnation& one) { return one.previous_origin == origin; });
      if (incarnation == incarnations_.end()) {
        problems.Add(ProblemKind::kUntrusted,
                     fmt::format("{}: it is a checkpoint of the log '{}', not of '{}'", former.source,
                                 former.checkpoint.origin, identity_.origin));
      } else if (former.agrees) {
        agreed_former_ = std::max(agreed_former_, former_size);
      } else if (former_size <= incarnation->agreed_size) {
        problems.Add(
            former_size > size ? ProblemKind::kTruncated : ProblemKind::kEdited,
            fmt::format("the first {} entries are not those of {}, from before the incarnation at {}",
                        former_size, former.source, incarnation->seq),
            agreed_former_);
      } else {
        ++superseded;
      }
    }
    if (superseded > 0) {
      result_.notes.push_back(fmt::format(
          "{} checkpoints of a former origin are of entries that the incarnation left behind", superseded));
    }
    JudgeCopies(size, problems);
  }

  void JudgeCopies(std::uint64_t size, ledger::Problems& problems) const {
    std::uint64_t agreed = 0;
    for (const auto& [copy_size, copy] : copies_) {
      if (copy.agrees) {
        agreed = copy_size;
        continue;
      }
      problems.Add(
          copy_size > size ? ProblemKind::kTruncated : ProblemKind::kEdited,
          fmt::format("the entries are not those of {}, a checkpoint of {} entries", copy.source, copy_size),
          std::min(agreed, size));
      return;  // once: each later one differs too
    }
  }

  Status CheckBodies(ledger::Problems& problems) {
    std::sort(redacted_.begin(), redacted_.end());
    for (std::size_t i = 0; i < bodies_.size(); ++i) {
      ASSIGN_OR_RETURN(const std::optional<LogReader::Body> body, log_.ReadBody(bodies_[i]));
      const std::string name = HexEncode(AsBytes(bodies_[i]));
      if (!body_is_named_[i]) {
        problems.Add(ProblemKind::kBody, fmt::format("no entry names the body {}", name));
      } else if (!body || !body->salt || !body->body) {
        if (!std::binary_search(redacted_.begin(), redacted_.end(), bodies_[i])) {
          problems.Add(ProblemKind::kBody,
                       fmt::format("the body {} was taken out, and no entry says so", name));
        }
      } else if (body->salt->size() != ledger::kSaltBytes ||
                 ledger::BodyDigest(*body->salt, *body->body) != bodies_[i]) {
        problems.Add(ProblemKind::kBody, fmt::format("the body {} has another digest", name));
      } else {
        ++good_bodies_;
      }
    }
    return {};
  }

  // Until the new origin has a checkpoint, the former one's are what vouches.
  void AnchorByFormer() {
    ledger::Report& report = result_.report;
    if (agreed_former_ > 0 && !report.checkpoint) {
      report.unanchored = report.size - std::min(agreed_former_, report.size);
    }
  }

  void AddNotes(bool nothing_published) {
    if (identity_.trusted.empty()) {
      result_.notes.emplace_back(
          "checkpoints are not signed: whoever may write where they are published can replace them");
    }
    if (used_copies_) {
      result_.notes.emplace_back(
          "no checkpoint was published: the signed ones are the database's own, and its administrator can "
          "take "
          "the newest away together with the entries");
    } else if (nothing_published) {
      result_.notes.emplace_back(
          "no checkpoint vouches for the ledger: it agrees with itself, and whoever may write to the "
          "database "
          "could have rewritten it as a whole");
    }
  }

  const LogReader& log_;
  const publish::LogIdentity& identity_;
  ledger::CheckpointSet main_;
  std::multimap<std::uint64_t, Former> former_;
  std::multimap<std::uint64_t, Former> copies_;  // that vouch for nothing, and must not contradict
  std::vector<Former> unsigned_;
  bool used_copies_ = false;
  ledger::Problems problems_;  // before the stream
  std::vector<Sha256Digest> bodies_;
  std::vector<bool> body_is_named_;
  std::vector<Sha256Digest> redacted_;
  std::vector<Incarnation> incarnations_;
  std::uint64_t agreed_former_ = 0;
  std::uint64_t good_bodies_ = 0;
  Verification result_;
};

}  // namespace

Result<Verification> VerifyDatabase(const LogReader& log, const publish::LogIdentity& identity,
                                    const std::vector<publish::PublishedNote>& published) {
  return DatabaseVerification(log, identity).Run(published);
}

}  // namespace paliad::audit
