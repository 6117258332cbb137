// The SQL of database_state.cc. {tracker} and the like are filled in with quoted names by fmt.
#ifndef PALIAD_CONTROLLER_RECONCILE_DATABASE_STATE_SQL_H_
#define PALIAD_CONTROLLER_RECONCILE_DATABASE_STATE_SQL_H_

namespace paliad {

// pg_class and not to_regclass, which raises without USAGE on the schema. Arguments are literals.
inline constexpr char kObjectsSql[] = R"sql(
SELECT pg_catalog.bool_or(n.nspname = {tracker_schema} AND c.relname = {tracker_table}),
       pg_catalog.bool_or(n.nspname = {legacy_schema} AND c.relname = {legacy_table}),
       pg_catalog.bool_or(n.nspname = 'paliad_ledger' AND c.relname = 'entry'),
       pg_catalog.bool_or(n.nspname = 'paliad_ledger' AND c.relname = 'applied_migrations')
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'f')
  AND n.nspname IN ({tracker_schema}, {legacy_schema}, 'paliad_ledger')
  AND c.relname IN ({tracker_table}, {legacy_table}, 'entry', 'applied_migrations');
)sql";

inline constexpr char kTrackerRowsSql[] = "SELECT version, name, checksum FROM {tracker} ORDER BY version;";

inline constexpr char kSchemaRowsSql[] =
    "SELECT version, checksum FROM paliad_ledger.applied_migrations ORDER BY version;";

inline constexpr char kLegacySql[] = "SELECT version, dirty FROM {legacy} ORDER BY version DESC LIMIT 1;";

inline constexpr char kGenesisSql[] =
    "SELECT pg_catalog.encode(leaf_hash, 'hex') FROM paliad_ledger.entry WHERE seq = 0;";

inline constexpr char kNewestEntrySql[] =
    "SELECT kind, pg_catalog.convert_from(leaf, 'UTF8') FROM paliad_ledger.entry"
    " WHERE tracker = {tracker_name} ORDER BY seq DESC LIMIT 1;";

// Runs that started and have no end. A run that was refused the lock is appended whole, start and end in one
// commit; any other run that ended had settled all runs before it, so only what came after its end is looked
// at.
inline constexpr char kUnfinishedRunsSql[] = R"sql(
SELECT started.run_id, started.target,
       (SELECT pg_catalog.max(ordinal) FROM paliad_ledger.entry AS e WHERE e.run_id = started.run_id),
       (SELECT pg_catalog.count(*) FROM paliad_ledger.entry AS e
        WHERE e.run_id = started.run_id AND e.kind = 'applied'),
       started."commit"
FROM paliad_ledger.entry AS started
WHERE started.tracker = {tracker_name} AND started.kind = 'run_started'
  AND started.seq > coalesce((SELECT seq FROM paliad_ledger.entry AS ended
                              WHERE ended.tracker = {tracker_name} AND ended.kind = 'run_finished'
                                AND ended.outcome <> 'refused'
                              ORDER BY seq DESC LIMIT 1), -1)
  AND NOT EXISTS (SELECT FROM paliad_ledger.entry AS ended
                  WHERE ended.run_id = started.run_id AND ended.kind = 'run_finished')
ORDER BY started.seq;
)sql";

// What the newest entry about each version says. `bootstrapped` speaks of ranges of versions:
// [[first,last],…].
inline constexpr char kRecordedSql[] = R"sql(
WITH bootstrapped AS (
  SELECT e.seq, covered AS version
  FROM paliad_ledger.entry AS e,
       pg_catalog.jsonb_array_elements(pg_catalog.convert_from(e.leaf, 'UTF8')::jsonb -> 'versions') AS range,
       pg_catalog.generate_series((range ->> 0)::int, (range ->> 1)::int) AS covered
  WHERE e.tracker = {tracker_name} AND e.kind = 'bootstrapped'
), about AS (
  SELECT version, seq, kind, outcome, blob, checksum FROM paliad_ledger.entry
  WHERE tracker = {tracker_name} AND version IS NOT NULL
    AND kind IN ('applied', 'drift', 'resolved', 'intent', 'outcome_unknown', 'failed')
  UNION ALL
  SELECT version, seq, 'bootstrapped', NULL, NULL, NULL FROM bootstrapped
)
SELECT DISTINCT ON (about.version) about.version, kind, outcome, blob, checksum FROM about ORDER BY about.version, seq DESC;
)sql";

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_DATABASE_STATE_SQL_H_
