#include "ledger/entry.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cassert>
#include <new>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "ledger/merkle.h"

namespace paliad::ledger {
namespace {

// A leaf that is too long has its longest text halved until it fits; below this there is nothing to gain.
constexpr std::size_t kShortestCut = 64;

std::string* LongestText(Json& value) {
  std::string* longest = nullptr;
  for (Json& member : value) {
    std::string* candidate = member.is_string()       ? member.get_ptr<std::string*>()
                             : member.is_structured() ? LongestText(member)
                                                      : nullptr;
    if (candidate != nullptr && (longest == nullptr || candidate->size() > longest->size())) {
      longest = candidate;
    }
  }
  return longest;
}

// PostgreSQL's jsonb and JSON itself cannot hold every byte that git and servers send.
void MakeTextValid(Json& value) {
  for (Json& member : value) {
    if (member.is_string()) {
      member = ToValidUtf8(member.get_ref<const std::string&>());
    } else if (member.is_structured()) {
      MakeTextValid(member);
    }
  }
}

Error Oversized(Kind kind) {
  return {.kind = ErrorKind::kInternal,
          .doing = "write a ledger entry of kind",
          .subject = std::string(KindName(kind)),
          .cause = "it has more fields than an entry can hold",
          .hint = ""};
}

}  // namespace

std::string_view KindName(Kind kind) {
  switch (kind) {
    case Kind::kGenesis:
      return "genesis";
    case Kind::kRunStarted:
      return "run_started";
    case Kind::kBootstrapped:
      return "bootstrapped";
    case Kind::kFinding:
      return "finding";
    case Kind::kIntent:
      return "intent";
    case Kind::kApplied:
      return "applied";
    case Kind::kFailed:
      return "failed";
    case Kind::kOutcomeUnknown:
      return "outcome_unknown";
    case Kind::kResolved:
      return "resolved";
    case Kind::kRunFinished:
      return "run_finished";
    case Kind::kSchemaUpgraded:
      return "schema_upgraded";
    case Kind::kDrift:
      return "drift";
    case Kind::kKeyRotated:
      return "key_rotated";
    case Kind::kIncarnation:
      return "incarnation";
    case Kind::kRedaction:
      return "redaction";
    case Kind::kSuspended:
      return "suspended";
    case Kind::kResumed:
      return "resumed";
    case Kind::kCheckFinished:
      return "check_finished";
    case Kind::kAttributed:
      return "attributed";
  }
  return "";
}

std::string_view OutcomeName(Outcome outcome) {
  switch (outcome) {
    case Outcome::kInSync:
      return "in_sync";
    case Outcome::kApplied:
      return "applied";
    case Outcome::kRejected:
      return "rejected";
    case Outcome::kFailed:
      return "failed";
    case Outcome::kInterrupted:
      return "interrupted";
    case Outcome::kRefused:
      return "refused";
  }
  return "";
}

Result<Entry> MakeEntry(const RunIdentity& run, std::int64_t ordinal, Kind kind, WallTime at, Json fields) {
  Json leaf = {{"at", FormatUtc(at)}, {"format", kFormat},    {"kind", KindName(kind)}, {"ordinal", ordinal},
               {"run", run.run_id},   {"target", run.target}, {"tracker", run.tracker}};
  if (!run.ledger.empty()) {
    leaf["ledger"] = run.ledger;
  }
  for (auto& [key, value] : fields.items()) {
    if (leaf.contains(key)) {
      return Fail({.kind = ErrorKind::kInternal,
                   .doing = "write a ledger entry with the field",
                   .subject = key,
                   .cause = "every entry has a field of that name",
                   .hint = ""});
    }
    leaf[key] = std::move(value);
  }
  MakeTextValid(leaf);
  ASSIGN_OR_RETURN(std::string bytes, CanonicalJson(leaf));
  while (bytes.size() > kMaxLeafBytes) {
    std::string* longest = LongestText(leaf);
    if (longest == nullptr || longest->size() < kShortestCut) {
      return Fail(Oversized(kind));
    }
    *longest = Truncate(*longest, longest->size() / 2);
    leaf["truncated"] = true;
    ASSIGN_OR_RETURN(bytes, CanonicalJson(leaf));
  }
  const Sha256Digest hash = LeafHash(bytes);
  return Entry{.kind = kind, .leaf = std::move(bytes), .leaf_hash = hash};
}

Entry WithOrdinal(const Entry& entry, std::int64_t ordinal) {
  // Neither can fail: the leaf was written by MakeEntry, and a lower ordinal takes no more room.
  Json leaf = ParseJson(entry.leaf).value();
  assert(ordinal <= leaf.at("ordinal").get<std::int64_t>());
  leaf["ordinal"] = ordinal;
  std::string bytes = CanonicalJson(leaf).value();
  const Sha256Digest hash = LeafHash(bytes);
  return {.kind = entry.kind, .leaf = std::move(bytes), .leaf_hash = hash};
}

std::string NewUuid() {
  std::array<unsigned char, 16> bytes;
  // Not RAND_bytes: it sets up generators of its own, which is a tenth of a run with nothing to do.
  if (getentropy(bytes.data(), bytes.size()) != 0) {
    throw std::bad_alloc();  // the operating system's generator failed: nothing can go on
  }
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x40);  // RFC 9562, section 5.4
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
  const std::string hex = HexEncode({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                     hex.substr(16, 4), hex.substr(20));
}

}  // namespace paliad::ledger
