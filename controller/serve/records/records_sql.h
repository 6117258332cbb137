// The SQL of records.cc. NULL parameters ask for everything.
#ifndef PALIAD_CONTROLLER_SERVE_RECORDS_RECORDS_SQL_H_
#define PALIAD_CONTROLLER_SERVE_RECORDS_RECORDS_SQL_H_

namespace paliad::serve {

inline constexpr char kBeginSql[] =
    "SET statement_timeout = '10s'; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;";

// $1 tracker table, $2 its schema. Which of the things that are read exist at all.
inline constexpr char kExistsSql[] = R"sql(
SELECT pg_catalog.to_regclass('paliad_ledger.entry') IS NOT NULL,
       pg_catalog.to_regclass('paliad_ledger.checkpoint') IS NOT NULL,
       EXISTS (SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
               WHERE n.nspname = $2 AND c.relname = $1)
)sql";

// $1 tracker, $2 outcome, $3 beginning of a run id, $4 beginning of a commit, $5 since, $6 until, $7 version,
// $8 part of an author, $9 before this seq, $10 limit. Newest first.
inline constexpr char kRunPageSql[] = R"sql(
SELECT started.seq, started.run_id, started.target, started.fields ->> 'trigger', started."commit", ended.outcome,
       pg_catalog.to_char(started.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       pg_catalog.to_char(ended.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       (SELECT pg_catalog.count(*) FROM paliad_ledger.entry AS e WHERE e.run_id = started.run_id AND e.kind = 'applied'),
       started.fields ->> 'actor', ended.fields ->> 'reason',
       pg_catalog.round(extract(epoch FROM ended.at - started.at) * 1000000),
       (started.fields -> 'author' ->> 'name') || ' <' || (started.fields -> 'author' ->> 'email') || '>'
FROM (SELECT s.*, pg_catalog.convert_from(s.leaf, 'UTF8')::jsonb AS fields FROM paliad_ledger.entry AS s
      WHERE s.kind = 'run_started' AND s.tracker = $1) AS started
LEFT JOIN LATERAL (SELECT e.outcome, e.at, pg_catalog.convert_from(e.leaf, 'UTF8')::jsonb AS fields
                   FROM paliad_ledger.entry AS e
                   WHERE e.run_id = started.run_id AND e.kind = 'run_finished'
                   ORDER BY e.ordinal DESC LIMIT 1) AS ended ON true
WHERE ($2::text IS NULL OR ended.outcome = $2)
  AND ($3::text IS NULL OR pg_catalog.starts_with(started.run_id::text, $3))
  AND ($4::text IS NULL OR pg_catalog.starts_with(started."commit", $4))
  AND ($5::timestamptz IS NULL OR started.at >= $5::timestamptz)
  AND ($6::timestamptz IS NULL OR started.at < $6::timestamptz)
  AND ($7::int IS NULL OR EXISTS (SELECT FROM paliad_ledger.entry AS e
                                  WHERE e.run_id = started.run_id AND e.version = $7::int))
  AND ($8::text IS NULL OR pg_catalog.strpos(pg_catalog.lower((started.fields -> 'author')::text), pg_catalog.lower($8)) > 0)
  AND ($9::bigint IS NULL OR started.seq < $9::bigint)
ORDER BY started.seq DESC
LIMIT $10::bigint
)sql";

// $1 tracker, $2 run id, $3 version, $4 kind, $5 after this seq, $6 limit. In the order of the log.
inline constexpr char kEntryPageSql[] = R"sql(
SELECT seq, pg_catalog.encode(leaf_hash, 'hex'), pg_catalog.convert_from(leaf, 'UTF8')
FROM paliad_ledger.entry
WHERE tracker = $1
  AND ($2::uuid IS NULL OR run_id = $2::uuid)
  AND ($3::int IS NULL OR version = $3::int)
  AND ($4::text IS NULL OR kind = $4)
  AND ($5::bigint IS NULL OR seq > $5::bigint)
ORDER BY seq
LIMIT $6::bigint
)sql";

// The same with "before this seq", newest first.
inline constexpr char kEntryPageDownSql[] = R"sql(
SELECT seq, pg_catalog.encode(leaf_hash, 'hex'), pg_catalog.convert_from(leaf, 'UTF8')
FROM paliad_ledger.entry
WHERE tracker = $1
  AND ($2::uuid IS NULL OR run_id = $2::uuid)
  AND ($3::int IS NULL OR version = $3::int)
  AND ($4::text IS NULL OR kind = $4)
  AND ($5::bigint IS NULL OR seq < $5::bigint)
ORDER BY seq DESC
LIMIT $6::bigint
)sql";

inline constexpr char kEntrySql[] =
    "SELECT seq, pg_catalog.encode(leaf_hash, 'hex'), pg_catalog.convert_from(leaf, 'UTF8')"
    " FROM paliad_ledger.entry WHERE seq = $1::bigint";

// {} is the tracker. $1 version, $2 after this version, $3 limit.
inline constexpr char kMigrationPageSql[] = R"sql(
SELECT version, name,
       pg_catalog.to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), checksum
FROM {}
WHERE ($1::int IS NULL OR version = $1::int) AND ($2::int IS NULL OR version > $2::int)
ORDER BY version
LIMIT $3::bigint
)sql";

// The log's size, and its name: the leaf hash of the first entry.
inline constexpr char kSizeSql[] = "SELECT coalesce(max(seq) + 1, 0) FROM paliad_ledger.entry";

// The newest signed checkpoint, else the newest one. $1 at least this size; NULL: any.
inline constexpr char kCheckpointSql[] = R"sql(
SELECT size, octet_length(key_id) > 0, note
FROM paliad_ledger.checkpoint
WHERE ($1::bigint IS NULL OR size >= $1::bigint)
ORDER BY octet_length(key_id) > 0 DESC, size DESC
LIMIT 1
)sql";

// $1 from this seq, $2 limit. In the order of the log.
inline constexpr char kLeafHashesSql[] =
    "SELECT pg_catalog.encode(leaf_hash, 'hex') FROM paliad_ledger.entry WHERE seq >= $1::bigint"
    " ORDER BY seq LIMIT $2::bigint";

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_RECORDS_RECORDS_SQL_H_
