// The tree head for who signs it: with the roots of smaller trees on the way to it, and with what the log
// says of itself.
#ifndef PALIAD_CONTROLLER_STORE_PROVEN_HEAD_H_
#define PALIAD_CONTROLLER_STORE_PROVEN_HEAD_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/sha256.h"
#include "controller/postgres/session.h"

namespace paliad::store {

struct ProvenHead {
  std::uint64_t size = 0;
  Sha256Digest root{};
  std::map<std::uint64_t, Sha256Digest> roots;  // of the sizes that were asked for, as far as the log reaches

  struct LogEntry {
    std::uint64_t seq = 0;
    std::string kind;  // "incarnation", "key_rotated"
    std::string leaf;
  };
  std::vector<LogEntry> about_itself;          // in the order of the log
  std::optional<std::string> last_checkpoint;  // the largest note that the database keeps
};

// Where the log is kept in this machine's caches, and under which name.
struct LogCache {
  std::string folder;        // empty: nothing is kept
  std::string genesis_hash;  // hex of the leaf hash of seq 0
};

// "" where the log is empty.
[[nodiscard]] Result<std::string> ReadGenesisHash(pg::Session& session);

// One round trip where the caches reach from the smallest of `sizes` on; else the log's hashes are read from
// its beginning. The entries that it speaks of may not be on the server's disk yet: see FlushedSql.
// kCorruption where entries are missing.
[[nodiscard]] Result<ProvenHead> ReadProvenHead(pg::Session& session, const LogCache& cache,
                                                const std::vector<std::uint64_t>& sizes);

// One transaction around `sql`, after which everything is durable that this session has seen committed, also
// what other sessions committed asynchronously: WAL is ordered, and the message makes that something is
// written.
std::string FlushedSql(const std::string& sql);

}  // namespace paliad::store

#endif  // PALIAD_CONTROLLER_STORE_PROVEN_HEAD_H_
