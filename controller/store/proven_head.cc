#include "controller/store/proven_head.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "controller/store/tree_head.h"
#include "ledger/encoding.h"

namespace paliad::store {
namespace {

// All of them are in the ledger's own tracker, which has an index and few entries.
constexpr char kAboutItselfSql[] =
    "SELECT seq, kind, pg_catalog.convert_from(leaf, 'UTF8') FROM paliad_ledger.entry"
    " WHERE tracker = 'paliad_ledger.applied_migrations' AND kind IN ('incarnation', 'key_rotated')"
    " ORDER BY seq;";

constexpr char kLastCheckpointSql[] =
    "SELECT note FROM paliad_ledger.checkpoint ORDER BY size DESC, key_id DESC LIMIT 1;";

// The largest range that is not above the smallest size whose root is wanted.
RangeCache::Saved StartFrom(const RangeCache& newest, const RangeCache& anchored, std::uint64_t smallest) {
  for (const RangeCache* cache : {&newest, &anchored}) {
    if (RangeCache::Saved saved = cache->Load(); saved.range.size() <= smallest) {
      return saved;
    }
  }
  return {};
}

}  // namespace

Result<std::string> ReadGenesisHash(pg::Session& session) {
  ASSIGN_OR_RETURN(
      const std::vector<pg::Rows> answer,
      session.Run("SELECT pg_catalog.encode(leaf_hash, 'hex') FROM paliad_ledger.entry WHERE seq = 0",
                  "read the ledger"));
  return answer.front().empty() ? "" : answer.front().String(0, 0);
}

Result<ProvenHead> ReadProvenHead(pg::Session& session, const LogCache& log,
                                  const std::vector<std::uint64_t>& sizes) {
  const std::uint64_t smallest = sizes.empty() ? std::numeric_limits<std::uint64_t>::max()
                                               : *std::min_element(sizes.begin(), sizes.end());
  const RangeCache newest(log.folder, log.genesis_hash);
  const RangeCache anchored(log.folder, log.genesis_hash, "anchor");
  RangeCache::Saved saved = StartFrom(newest, anchored, smallest);
  ASSIGN_OR_RETURN(
      const std::vector<pg::Rows> answer,
      session.Run(LeafHashesSql(saved) + kAboutItselfSql + kLastCheckpointSql, "read the ledger"));
  ProvenHead head;
  RangeCache::Saved at_smallest;
  const std::set<std::uint64_t> wanted(sizes.begin(), sizes.end());
  const auto on_size = [&](const RangeCache::Saved& at) {
    const std::uint64_t size = at.range.size();
    if (wanted.contains(size)) {
      head.roots[size] = at.range.Root();
    }
    if (size == smallest) {
      at_smallest = at;
    }
  };
  ASSIGN_OR_RETURN(const TreeHead tree,
                   ReadTreeHead(session, newest, std::move(saved), answer.front(), on_size));
  anchored.Save(at_smallest);
  head.size = tree.size;
  head.root = ledger::ParseHash(tree.root).value();
  for (int row = 0; row < answer[1].size(); ++row) {
    head.about_itself.push_back({.seq = static_cast<std::uint64_t>(answer[1].Int(row, 0)),
                                 .kind = answer[1].String(row, 1),
                                 .leaf = answer[1].String(row, 2)});
  }
  if (!answer[2].empty()) {
    head.last_checkpoint = answer[2].String(0, 0);
  }
  return head;
}

std::string FlushedSql(const std::string& sql) {
  return "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL synchronous_commit = on; " + sql +
         " SELECT pg_catalog.pg_logical_emit_message(true, 'paliad', ''); COMMIT;";
}

}  // namespace paliad::store
