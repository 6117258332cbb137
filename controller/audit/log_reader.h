// The log's rows as they are stored, streamed from one snapshot: what verification, proofs and exports read.
// The server is asked for bytes and nothing else: whoever could change it could change its answers too.
#ifndef PALIAD_CONTROLLER_AUDIT_LOG_READER_H_
#define PALIAD_CONTROLLER_AUDIT_LOG_READER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/sha256.h"
#include "controller/postgres/session.h"

namespace paliad::audit {

// Columns that repeat a field of the leaf, and that field.
struct Projection {
  std::string_view column;  // SQL
  std::string_view field;
};
inline constexpr std::array<Projection, 12> kProjections = {{
    {"kind", "kind"},
    {"run_id", "run"},
    {"ordinal", "ordinal"},
    {"target", "target"},
    {"tracker", "tracker"},
    {"version", "version"},
    {"outcome", "outcome"},
    {"\"commit\"", "commit"},
    {"checksum", "checksum"},
    {"blob", "blob"},
    {"pg_catalog.to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')", "at"},
    {"xid", "xid"},
}};

inline constexpr std::size_t kKindProjection = 0;
inline constexpr std::size_t kAtProjection = 10;
// Every row has one; only an applied migration's leaf says it.
inline constexpr std::size_t kXidProjection = 11;

struct LogRow {
  std::uint64_t seq = 0;
  std::string leaf;
  std::optional<Sha256Digest> leaf_hash;  // none: the column has another length
  std::optional<std::uint64_t> prev;
  std::array<std::optional<std::string_view>, kProjections.size()> columns;  // valid during the call
};

// Reads from one snapshot. Not thread-safe; `session` must outlive it, and is not to be used for writing
// meanwhile.
class LogReader {
 public:
  static constexpr std::size_t kMostBelowZero = 100;

  // A REPEATABLE READ, READ ONLY transaction for as long as it lives.
  [[nodiscard]] static Result<LogReader> Begin(pg::Session& session);
  // In the session's own transaction, which goes on afterwards unless an Error came of it.
  // REQUIRES: it is such a one, and has pg_catalog as its search path.
  static LogReader Within(pg::Session& session) { return LogReader(session, /*is_own_transaction=*/false); }
  LogReader(LogReader&& other) noexcept
      : session_(other.session_), is_own_transaction_(other.is_own_transaction_) {
    other.session_ = nullptr;
  }
  LogReader& operator=(LogReader&&) = delete;
  ~LogReader();

  // Every row from `first` on and before `end`, ascending, some at a time: memory does not grow with the log.
  using OnRow = std::function<Status(const LogRow& row)>;
  [[nodiscard]] Status ForEachRow(std::uint64_t first, std::optional<std::uint64_t> end,
                                  const OnRow& on_row) const;

  // Numbers below 0, ascending, the first kMostBelowZero. No append makes one, and whatever begins at entry 0
  // does not see it, though the views do.
  [[nodiscard]] Result<std::vector<std::int64_t>> ReadNumbersBelowZero() const;

  // The stored hashes alone, from `first` on and before `end`. kCorruption for a gap.
  using OnHash = std::function<void(const Sha256Digest& leaf_hash)>;
  [[nodiscard]] Status ForEachHash(std::uint64_t first, std::uint64_t end, const OnHash& on_hash) const;

  struct Body {
    Sha256Digest digest{};
    std::optional<std::string> salt;  // none: it was taken out
    std::optional<std::string> body;
  };
  [[nodiscard]] Result<std::vector<Sha256Digest>> ReadBodyDigests() const;
  [[nodiscard]] Result<std::optional<Body>> ReadBody(const Sha256Digest& digest) const;

  // The notes that the database keeps: copies for convenience.
  [[nodiscard]] Result<std::vector<std::string>> ReadCheckpoints() const;

  [[nodiscard]] Result<std::uint64_t> Count() const;

  pg::Session& session() const { return *session_; }

 private:
  LogReader(pg::Session& session, bool is_own_transaction)
      : session_(&session), is_own_transaction_(is_own_transaction) {}

  // Runs a query through a cursor and hands each batch on.
  Status ForEachBatch(const std::string& query, int batch,
                      const std::function<Status(const pg::Rows&)>& on_rows) const;

  pg::Session* session_;
  bool is_own_transaction_;
};

// The bytes of encode(…, 'escape'): "\\" is a backslash, "\ooo" a byte.
std::string Unescape(std::string_view escaped);

}  // namespace paliad::audit

#endif  // PALIAD_CONTROLLER_AUDIT_LOG_READER_H_
