#include "controller/audit/export.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "base/csv.h"
#include "base/text.h"
#include "controller/audit/row_check.h"
#include "ledger/merkle.h"
#include "ledger/proof_builder.h"

namespace paliad::audit {
namespace {

// The leaf's own time; "" where it has none.
std::string TimeOf(const std::string& leaf) {
  const std::optional<LeafFields> fields = ReadLeafFields(leaf);
  return fields ? fields->values[kAtProjection].value_or("") : "";
}

bool Covers(const TimeRange& range, const std::string& at) {
  return !at.empty() && at >= range.since && (range.until.empty() || at < range.until);
}

Status NotWritten() {
  return Fail({.kind = ErrorKind::kUnavailable,
               .doing = "write the export",
               .subject = "",
               .cause = "the file does not take more bytes",
               .hint = "is there space on the disk?"});
}

Error OtherLog(const std::string& source) {
  return {.kind = ErrorKind::kCorruption,
          .doing = "export the ledger",
          .subject = "",
          .cause = fmt::format("it is not the one that {} was made of", source),
          .hint = "`paliadctl ledger verify` says where it differs"};
}

// The roots of the log's first entries, at some sizes.
class RootsAt {
 public:
  explicit RootsAt(std::set<std::uint64_t> sizes) : sizes_(std::move(sizes)) {}

  void Append(const Sha256Digest& hash) {
    range_.Append(hash);
    if (sizes_.contains(range_.size())) {
      roots_[range_.size()] = range_.Root();
    }
  }

  bool Agree(const TrustedCheckpoint& checkpoint) const {
    const auto root = roots_.find(checkpoint.checkpoint.size);
    return root != roots_.end() && root->second == checkpoint.checkpoint.root;
  }

 private:
  const std::set<std::uint64_t> sizes_;
  std::map<std::uint64_t, Sha256Digest> roots_;
  ledger::CompactRange range_;
};

// Bodies that the entry names and that are still there, once each.
Status AddBodies(const LogReader& log, const LogRow& row, ledger::BundleWriter& writer) {
  const std::optional<LeafFields> fields = ReadLeafFields(row.leaf);
  if (!fields) {
    return {};
  }
  std::set<Sha256Digest> done;
  for (const Sha256Digest& digest : fields->digests) {
    if (!done.insert(digest).second) {
      continue;
    }
    ASSIGN_OR_RETURN(const std::optional<LogReader::Body> body, log.ReadBody(digest));
    if (body && body->salt && body->body) {
      RETURN_IF_ERROR(writer.AddBody(*body->salt, *body->body));
    }
  }
  return {};
}

}  // namespace

bool IsInRange(const std::string& leaf, const TimeRange& range) { return Covers(range, TimeOf(leaf)); }

Result<Selection> Select(const LogReader& log, const TimeRange& range, const TrustedCheckpoint* checkpoint) {
  Selection selection;
  std::optional<std::uint64_t> first_later;
  RootsAt roots(checkpoint == nullptr ? std::set<std::uint64_t>() : std::set{checkpoint->checkpoint.size});
  RETURN_IF_ERROR(log.ForEachRow(0, std::nullopt, [&](const LogRow& row) {
    roots.Append(ledger::LeafHash(row.leaf));
    selection.size = row.seq + 1;
    const std::string at = TimeOf(row.leaf);
    if (Covers(range, at)) {
      selection.first = selection.matching == 0 ? row.seq : selection.first;
      selection.end = row.seq + 1;
      ++selection.matching;
    } else if (!first_later && at >= range.since) {
      first_later = row.seq;
    }
    return Status();
  }));
  if (checkpoint != nullptr && !roots.Agree(*checkpoint)) {
    return Fail(OtherLog(checkpoint->source));
  }
  if (selection.matching == 0) {
    selection.first = selection.end = first_later.value_or(selection.size);
  }
  return selection;
}

Status ExportJsonl(const LogReader& log, const Selection& selection, const TimeRange& range,
                   std::ostream& target) {
  return log.ForEachRow(selection.first, selection.end, [&](const LogRow& row) {
    return !IsInRange(row.leaf, range) || target << row.leaf << '\n' ? Status() : NotWritten();
  });
}

Status ExportCsv(const LogReader& log, const Selection& selection, const TimeRange& range,
                 std::ostream& target) {
  target << CsvRow({"seq", "at", "kind", "target", "version", "outcome", "commit", "checksum", "run",
                    "ordinal", "tracker", "leaf_hash", "leaf"});
  return log.ForEachRow(selection.first, selection.end, [&](const LogRow& row) -> Status {
    const std::optional<LeafFields> fields = ReadLeafFields(row.leaf);
    if (!IsInRange(row.leaf, range) || !fields) {
      return {};
    }
    const auto value = [&](std::string_view field) -> std::string {
      for (std::size_t i = 0; i < kProjections.size(); ++i) {
        if (field == kProjections[i].field) {
          return fields->values[i].value_or("");
        }
      }
      return "";
    };
    target << CsvRow({std::to_string(row.seq), value("at"), value("kind"), value("target"), value("version"),
                      value("outcome"), value("commit"), value("checksum"), value("run"), value("ordinal"),
                      value("tracker"), HexEncode(AsBytes(ledger::LeafHash(row.leaf))), row.leaf});
    return target ? Status() : NotWritten();
  });
}

Status ExportBundle(const LogReader& log, const Selection& selection, const TrustedCheckpoint& checkpoint,
                    const std::vector<TrustedCheckpoint>& earlier, std::ostream& target) {
  const std::uint64_t size = checkpoint.checkpoint.size;
  ledger::SubtreeCollector complement(ledger::RangeSpans(selection.first, selection.end, size));
  std::vector<ledger::SubtreeCollector> consistency;
  std::set<std::uint64_t> sizes = {size};
  for (const TrustedCheckpoint& before : earlier) {
    consistency.emplace_back(ledger::ConsistencySpans(before.checkpoint.size, size));
    sizes.insert(before.checkpoint.size);
  }
  RootsAt roots(std::move(sizes));
  RETURN_IF_ERROR(log.ForEachHash(0, size, [&](const Sha256Digest& hash) {
    complement.Append(hash);
    roots.Append(hash);
    for (ledger::SubtreeCollector& collector : consistency) {
      collector.Append(hash);
    }
  }));
  if (!roots.Agree(checkpoint)) {
    return Fail(OtherLog(checkpoint.source));
  }
  ledger::BundleHeader header{.first = selection.first,
                              .end = selection.end,
                              .size = size,
                              .complement = complement.Hashes(),
                              .checkpoint = checkpoint.note};
  for (std::size_t i = 0; i < earlier.size(); ++i) {
    if (!roots.Agree(earlier[i])) {
      return Fail(OtherLog(earlier[i].source));
    }
    header.earlier.push_back({.note = earlier[i].note, .consistency = consistency[i].Hashes()});
  }
  ledger::BundleWriter writer(target);
  RETURN_IF_ERROR(writer.Begin(header));
  RETURN_IF_ERROR(log.ForEachRow(selection.first, selection.end, [&](const LogRow& row) -> Status {
    RETURN_IF_ERROR(writer.AddEntry(row.leaf));
    return AddBodies(log, row, writer);
  }));
  return writer.Finish();
}

}  // namespace paliad::audit
