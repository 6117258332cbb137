// The SQL of queries.cc. A parameter that is NULL asks for nothing; the server plans with the parameters'
// values, so that what is not asked for costs nothing.
//
// {fence}: " + 0" where the page may lie far from the end that is read first: the planner, who does not know
// that times ascend with seq, would rather walk the log up to it than use the index of times.
#ifndef PALIAD_CONTROLLER_STORE_QUERIES_SQL_H_
#define PALIAD_CONTROLLER_STORE_QUERIES_SQL_H_

namespace paliad::store {

inline constexpr char kHasLedgerSql[] =
    "SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
    " WHERE n.nspname = 'paliad_ledger' AND c.relname = 'entry'";

inline constexpr char kLedgerIdSql[] =
    "SELECT pg_catalog.convert_from(leaf, 'UTF8')::pg_catalog.jsonb ->> 'ledger' FROM paliad_ledger.entry"
    " WHERE seq = 0";

// $1 target, $2 outcome, $3 $4 the first and last run id, $5 $6 the first commit and the first one behind,
// $7 author, $8 version, $9 its tracker, $10 since, $11 until, $12 before, $13 limit, $14 tracker. Newest
// first.
inline constexpr char kRunsSql[] = R"sql(
SELECT started.seq, started.run_id, started.target, said.leaf ->> 'trigger', started."commit", ended.outcome,
       pg_catalog.to_char(started.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       pg_catalog.to_char(ended.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       (SELECT pg_catalog.count(*) FROM paliad_ledger.entry AS e WHERE e.run_id = started.run_id AND e.kind = 'applied'),
       said.leaf ->> 'actor', said.author, pg_catalog.convert_from(ended.leaf, 'UTF8')::jsonb ->> 'reason',
       pg_catalog.round(extract(epoch FROM ended.at - started.at) * 1000000)
FROM paliad_ledger.entry AS started
CROSS JOIN LATERAL (
  SELECT j.leaf, (j.leaf -> 'author' ->> 'name') || ' <' || (j.leaf -> 'author' ->> 'email') || '>' AS author
  FROM (SELECT pg_catalog.convert_from(started.leaf, 'UTF8')::jsonb AS leaf) AS j) AS said
LEFT JOIN LATERAL (
  SELECT outcome, at, leaf FROM paliad_ledger.entry AS e
  WHERE e.run_id = started.run_id AND e.kind = 'run_finished' ORDER BY e.ordinal DESC LIMIT 1) AS ended ON true
WHERE started.kind = 'run_started'
  AND ($1::text IS NULL OR started.target = $1)
  AND ($2::text IS NULL OR started.run_id IN
       (SELECT run_id FROM paliad_ledger.entry WHERE kind = 'run_finished' AND outcome = $2))
  AND ($3::uuid IS NULL OR started.run_id BETWEEN $3::uuid AND $4::uuid)
  AND ($5::text IS NULL OR (started."commit" COLLATE "C" >= $5 AND started."commit" COLLATE "C" < $6))
  AND ($7::text IS NULL OR (
       pg_catalog.strpos(pg_catalog.lower(pg_catalog.convert_from(started.leaf, 'UTF8')), pg_catalog.lower($7)) > 0
       AND pg_catalog.strpos(pg_catalog.lower(said.author), pg_catalog.lower($7)) > 0))
  AND ($8::int IS NULL OR started.run_id = ANY (ARRAY(
       SELECT DISTINCT run_id FROM paliad_ledger.entry WHERE tracker = $9 AND version = $8)))
  AND ($10::timestamptz IS NULL OR started.at >= $10)
  AND ($11::timestamptz IS NULL OR started.at < $11)
  AND ($12::bigint IS NULL OR started.seq < $12)
  AND ($14::text IS NULL OR started.tracker = $14)
ORDER BY started.seq{fence} DESC
LIMIT $13::bigint
)sql";

// Looking for an author reads every leaf of the range: as text first, since taking JSON apart costs ten times
// as much. The same parameters, and $15 kind, $16 after. {direction}: DESC or ASC.
inline constexpr char kEntriesSql[] = R"sql(
SELECT seq, pg_catalog.encode(leaf_hash, 'hex'), pg_catalog.convert_from(leaf, 'UTF8')
FROM (SELECT seq, leaf_hash, leaf FROM paliad_ledger.entry
      WHERE ($1::text IS NULL OR target = $1)
        AND ($2::text IS NULL OR outcome = $2)
        AND ($3::uuid IS NULL OR run_id BETWEEN $3::uuid AND $4::uuid)
        AND ($5::text IS NULL OR ("commit" COLLATE "C" >= $5 AND "commit" COLLATE "C" < $6))
        AND ($7::text IS NULL OR (
               pg_catalog.strpos(pg_catalog.lower(pg_catalog.convert_from(leaf, 'UTF8')), pg_catalog.lower($7)) > 0
               AND pg_catalog.strpos(pg_catalog.lower(
               (pg_catalog.convert_from(leaf, 'UTF8')::jsonb -> 'author' ->> 'name') || ' <' ||
               (pg_catalog.convert_from(leaf, 'UTF8')::jsonb -> 'author' ->> 'email') || '>'), pg_catalog.lower($7)) > 0))
        AND ($8::int IS NULL OR (tracker = $9 AND version = $8)
             OR (kind = 'bootstrapped' AND tracker = $9 AND EXISTS (
                   SELECT FROM pg_catalog.jsonb_array_elements(pg_catalog.convert_from(leaf, 'UTF8')::jsonb -> 'versions') AS r
                   WHERE $8::int BETWEEN (r ->> 0)::int AND (r ->> 1)::int)))
        AND ($10::timestamptz IS NULL OR at >= $10)
        AND ($11::timestamptz IS NULL OR at < $11)
        AND ($12::bigint IS NULL OR seq < $12)
        AND ($14::text IS NULL OR tracker = $14)
        AND ($15::text IS NULL OR kind = $15)
        AND ($16::bigint IS NULL OR seq > $16)
      ORDER BY seq{fence} {direction} LIMIT $13::bigint) AS page
ORDER BY seq
)sql";

// $1 the digest in hex.
inline constexpr char kBodySql[] =
    "SELECT pg_catalog.encode(salt, 'hex'), pg_catalog.convert_from(body, 'UTF8') FROM paliad_ledger.blob"
    " WHERE digest = pg_catalog.decode($1, 'hex') AND body IS NOT NULL";

// $1 tracker, $2 version, $3 the file's checksum.
inline constexpr char kStoredSqlSql[] = R"sql(
SELECT pg_catalog.encode(b.digest, 'hex')
FROM (SELECT pg_catalog.convert_from(leaf, 'UTF8')::jsonb ->> 'sql' AS digest FROM paliad_ledger.entry
      WHERE tracker = $1 AND version = $2::int AND checksum = $3 AND kind IN ('failed', 'outcome_unknown', 'intent')
      ORDER BY seq DESC LIMIT 1) AS last
JOIN paliad_ledger.blob AS b ON b.digest = pg_catalog.decode(last.digest, 'hex') AND b.body IS NOT NULL
)sql";

}  // namespace paliad::store

#endif  // PALIAD_CONTROLLER_STORE_QUERIES_SQL_H_
