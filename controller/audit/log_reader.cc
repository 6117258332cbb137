#include "controller/audit/log_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "ledger/encoding.h"

namespace paliad::audit {
namespace {

// A row is seldom larger than 2 KB and can have 130 KB.
constexpr int kRowsAtATime = 500;
constexpr int kHashesAtATime = 20'000;
constexpr int kDigestsAtATime = 20'000;
constexpr std::size_t kMaxCheckpoints = 1'000;

constexpr char kReading[] = "read the ledger";

// "\x…", or only the digits.
std::optional<Sha256Digest> HashOf(std::string_view hex) {
  return ledger::ParseHexHash(hex.starts_with("\\x") ? hex.substr(2) : hex);
}

std::string Bytes(std::string_view hex) {
  return ledger::HexDecode(hex.starts_with("\\x") ? hex.substr(2) : hex).value_or("");
}

// seq, leaf, leaf_hash and prev, then the projections.
constexpr int kFirstProjection = 4;

std::string RowsSql(std::uint64_t first, std::optional<std::uint64_t> end) {
  // 'escape' is half as long as hex for what is mostly ASCII.
  std::string sql = "SELECT seq, pg_catalog.encode(leaf, 'escape'), leaf_hash, prev";
  for (const Projection& projection : kProjections) {
    sql += fmt::format(", {}", projection.column);
  }
  return sql + fmt::format(" FROM paliad_ledger.entry WHERE seq >= {}{} ORDER BY seq", first,
                           end ? fmt::format(" AND seq < {}", *end) : "");
}

LogRow RowAt(const pg::Rows& rows, int at) {
  LogRow row{.seq = static_cast<std::uint64_t>(rows.Int(at, 0)),
             .leaf = Unescape(rows.Text(at, 1)),
             .leaf_hash = HashOf(rows.Text(at, 2))};
  if (!rows.IsNull(at, 3)) {
    row.prev = static_cast<std::uint64_t>(rows.Int(at, 3));
  }
  for (std::size_t i = 0; i < kProjections.size(); ++i) {
    const int column = kFirstProjection + static_cast<int>(i);
    if (!rows.IsNull(at, column)) {
      row.columns[i] = rows.Text(at, column);
    }
  }
  return row;
}

}  // namespace

std::string Unescape(std::string_view escaped) {
  // Most leaves are ASCII without a backslash.
  std::size_t i = std::min(escaped.find('\\'), escaped.size());
  std::string bytes(escaped.substr(0, i));
  for (; i < escaped.size(); ++i) {
    if (escaped[i] != '\\') {
      bytes += escaped[i];
    } else if (i + 3 < escaped.size() && escaped[i + 1] != '\\') {
      bytes += static_cast<char>((escaped[i + 1] - '0') * 64 + (escaped[i + 2] - '0') * 8 +
                                 (escaped[i + 3] - '0'));
      i += 3;
    } else {
      bytes += '\\';
      ++i;
    }
  }
  return bytes;
}

Result<LogReader> LogReader::Begin(pg::Session& session) {
  RETURN_IF_ERROR(
      session.Run("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;"
                  "SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true),"
                  "       pg_catalog.set_config('jit', 'off', true)",
                  kReading));
  return LogReader(session, /*is_own_transaction=*/true);
}

LogReader::~LogReader() {
  if (session_ != nullptr && is_own_transaction_ && !session_->broken()) {
    (void)session_->Send("ROLLBACK");
  }
}

Status LogReader::ForEachBatch(const std::string& query, int batch,
                               const std::function<Status(const pg::Rows&)>& on_rows) const {
  RETURN_IF_ERROR(session_->Run("DECLARE paliad_log NO SCROLL CURSOR FOR " + query, kReading));
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<pg::Rows> answer,
                     session_->Run(fmt::format("FETCH {} FROM paliad_log", batch), kReading));
    RETURN_IF_ERROR(on_rows(answer.front()));
    if (answer.front().size() < batch) {
      return session_->Run("CLOSE paliad_log", kReading).map([](const auto&) {});
    }
  }
}

Status LogReader::ForEachRow(std::uint64_t first, std::optional<std::uint64_t> end,
                             const OnRow& on_row) const {
  return ForEachBatch(RowsSql(first, end), kRowsAtATime, [&](const pg::Rows& rows) -> Status {
    for (int row = 0; row < rows.size(); ++row) {
      RETURN_IF_ERROR(on_row(RowAt(rows, row)));
    }
    return {};
  });
}

Result<std::vector<std::int64_t>> LogReader::ReadNumbersBelowZero() const {
  ASSIGN_OR_RETURN(
      const std::vector<pg::Rows> answer,
      session_->Run(fmt::format("SELECT seq FROM paliad_ledger.entry WHERE seq < 0 ORDER BY seq LIMIT {}",
                                kMostBelowZero),
                    kReading));
  std::vector<std::int64_t> numbers;
  for (int row = 0; row < answer.front().size(); ++row) {
    numbers.push_back(answer.front().Int(row, 0));
  }
  return numbers;
}

// A row a hash costs more than the hashing.
Status LogReader::ForEachHash(std::uint64_t first, std::uint64_t end, const OnHash& on_hash) const {
  const auto bad = [](std::uint64_t seq) {
    return Fail(
        {.kind = ErrorKind::kCorruption,
         .doing = kReading,
         .subject = "",
         .cause = fmt::format("at entry {} or soon after it one is missing or not as it was appended", seq),
         .hint = "`paliadctl ledger verify` says what else is"});
  };
  for (; first < end; first += kHashesAtATime) {
    const std::uint64_t count = std::min<std::uint64_t>(kHashesAtATime, end - first);
    ASSIGN_OR_RETURN(
        const std::vector<pg::Rows> answer,
        session_->Run(
            // Ordered by the index below the aggregate, which sorts nothing so. An order that is not theirs
            // is found like any other: the root differs.
            fmt::format(
                "SELECT pg_catalog.count(*), pg_catalog.string_agg(leaf_hash, ''::bytea) FROM"
                " (SELECT leaf_hash FROM paliad_ledger.entry WHERE seq >= {} AND seq < {} ORDER BY seq) AS o",
                first, first + count),
            kReading));
    constexpr std::size_t kDigits = 2 * sizeof(Sha256Digest);
    std::string_view hex = answer.front().Text(0, 1);
    hex.remove_prefix(std::min<std::size_t>(2, hex.size()));  // "\\x"
    if (static_cast<std::uint64_t>(answer.front().Int(0, 0)) != count || hex.size() != count * kDigits) {
      return bad(first);
    }
    for (; !hex.empty(); hex.remove_prefix(kDigits)) {
      const std::optional<Sha256Digest> hash = ledger::ParseHexHash(hex.substr(0, kDigits));
      if (!hash) {
        return bad(first);
      }
      on_hash(*hash);
    }
  }
  return {};
}

Result<std::vector<Sha256Digest>> LogReader::ReadBodyDigests() const {
  std::vector<Sha256Digest> digests;
  RETURN_IF_ERROR(ForEachBatch("SELECT digest FROM paliad_ledger.blob ORDER BY digest", kDigestsAtATime,
                               [&](const pg::Rows& rows) -> Status {
                                 for (int row = 0; row < rows.size(); ++row) {
                                   digests.push_back(HashOf(rows.Text(row, 0)).value_or(Sha256Digest{}));
                                 }
                                 return {};
                               }));
  std::sort(digests.begin(), digests.end());
  return digests;
}

Result<std::optional<LogReader::Body>> LogReader::ReadBody(const Sha256Digest& digest) const {
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   session_->Query("SELECT salt, body FROM paliad_ledger.blob WHERE digest = $1::bytea",
                                   {"\\x" + HexEncode(AsBytes(digest))}, kReading));
  if (rows.empty()) {
    return std::nullopt;
  }
  Body body{.digest = digest};
  if (!rows.IsNull(0, 0)) {
    body.salt = Bytes(rows.Text(0, 0));
  }
  if (!rows.IsNull(0, 1)) {
    body.body = Bytes(rows.Text(0, 1));
  }
  return std::optional(std::move(body));
}

Result<std::vector<std::string>> LogReader::ReadCheckpoints() const {
  std::vector<std::string> notes;
  RETURN_IF_ERROR(ForEachBatch(
      fmt::format("SELECT note FROM paliad_ledger.checkpoint ORDER BY size DESC LIMIT {}", kMaxCheckpoints),
      kRowsAtATime, [&](const pg::Rows& rows) -> Status {
        for (int row = 0; row < rows.size(); ++row) {
          notes.push_back(rows.String(row, 0));
        }
        return {};
      }));
  return notes;
}

Result<std::uint64_t> LogReader::Count() const {
  ASSIGN_OR_RETURN(
      const std::vector<pg::Rows> answer,
      session_->Run("SELECT coalesce(pg_catalog.max(seq) + 1, 0) FROM paliad_ledger.entry", kReading));
  return static_cast<std::uint64_t>(answer.front().Int(0, 0));
}

}  // namespace paliad::audit
