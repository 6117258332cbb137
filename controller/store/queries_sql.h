// The SQL of queries.cc.
#ifndef PALIAD_CONTROLLER_STORE_QUERIES_SQL_H_
#define PALIAD_CONTROLLER_STORE_QUERIES_SQL_H_

namespace paliad::store {

inline constexpr char kHasLedgerSql[] =
    "SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
    " WHERE n.nspname = 'paliad_ledger' AND c.relname = 'entry'";

// $1 target, $2 outcome, $3 run id (or the beginning of one), $4 limit; NULL: any. Newest first.
inline constexpr char kRunsSql[] = R"sql(
SELECT started.run_id, started.target,
       pg_catalog.convert_from(started.leaf, 'UTF8')::jsonb ->> 'trigger', started."commit", ended.outcome,
       pg_catalog.to_char(started.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       pg_catalog.to_char(ended.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       (SELECT pg_catalog.count(*) FROM paliad_ledger.entry AS e WHERE e.run_id = started.run_id AND e.kind = 'applied'),
       pg_catalog.convert_from(started.leaf, 'UTF8')::jsonb ->> 'actor',
       pg_catalog.convert_from(ended.leaf, 'UTF8')::jsonb ->> 'reason'
FROM paliad_ledger.entry AS started
LEFT JOIN paliad_ledger.entry AS ended ON ended.run_id = started.run_id AND ended.kind = 'run_finished'
WHERE started.kind = 'run_started'
  AND ($1::text IS NULL OR started.target = $1)
  AND ($2::text IS NULL OR ended.outcome = $2)
  AND ($3::text IS NULL OR pg_catalog.starts_with(started.run_id::text, $3))
ORDER BY started.seq DESC
LIMIT $4::bigint
)sql";

// $1 run id, $2 version, $3 kind, $4 limit; NULL: any. The newest ones, in the order of the log.
inline constexpr char kEntriesSql[] = R"sql(
SELECT seq, pg_catalog.encode(leaf_hash, 'hex'), pg_catalog.convert_from(leaf, 'UTF8')
FROM (SELECT seq, leaf_hash, leaf FROM paliad_ledger.entry
      WHERE ($1::uuid IS NULL OR run_id = $1::uuid)
        AND ($2::int IS NULL OR version = $2::int)
        AND ($3::text IS NULL OR kind = $3)
      ORDER BY seq DESC LIMIT $4::bigint) AS newest
ORDER BY seq
)sql";

}  // namespace paliad::store

#endif  // PALIAD_CONTROLLER_STORE_QUERIES_SQL_H_
