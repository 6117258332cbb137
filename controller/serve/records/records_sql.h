// The SQL of records.cc. NULL parameters ask for everything.
#ifndef PALIAD_CONTROLLER_SERVE_RECORDS_RECORDS_SQL_H_
#define PALIAD_CONTROLLER_SERVE_RECORDS_RECORDS_SQL_H_

namespace paliad::serve {

inline constexpr char kBeginSql[] =
    "SET statement_timeout = '10s'; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
    "SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true), pg_catalog.set_config('jit', "
    "'off', true);";

// $1 tracker table, $2 its schema. Which of the things that are read exist at all.
inline constexpr char kExistsSql[] = R"sql(
SELECT pg_catalog.to_regclass('paliad_ledger.entry') IS NOT NULL,
       pg_catalog.to_regclass('paliad_ledger.checkpoint') IS NOT NULL,
       EXISTS (SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
               WHERE n.nspname = $2 AND c.relname = $1)
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

// The log's size.
inline constexpr char kSizeSql[] = "SELECT coalesce(max(seq) + 1, 0) FROM paliad_ledger.entry";

// The newest signed checkpoint, else the newest one. $1 at least this size; NULL: any.
inline constexpr char kCheckpointSql[] = R"sql(
SELECT size, octet_length(key_id) > 0, note
FROM paliad_ledger.checkpoint
WHERE ($1::bigint IS NULL OR size >= $1::bigint)
ORDER BY octet_length(key_id) > 0 DESC, size DESC
LIMIT 1
)sql";

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_RECORDS_RECORDS_SQL_H_
