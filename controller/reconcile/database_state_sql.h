// The SQL of database_state.cc. {tracker} and the like are filled in with quoted names by fmt.
#ifndef PALIAD_CONTROLLER_RECONCILE_DATABASE_STATE_SQL_H_
#define PALIAD_CONTROLLER_RECONCILE_DATABASE_STATE_SQL_H_

namespace paliad {

// Before the queries below, for their message only: at some size of the log their estimated cost passes
// jit_above_cost, and compiling them takes a hundred times as long as running them.
inline constexpr char kNoJitSql[] = "SELECT pg_catalog.set_config('jit', 'off', true);";

// pg_class and not to_regclass, which raises without USAGE on the schema. Arguments are literals.
inline constexpr char kObjectsSql[] = R"sql(
SELECT pg_catalog.bool_or(n.nspname = {tracker_schema} AND c.relname = {tracker_table}),
       pg_catalog.bool_or(n.nspname = {legacy_schema} AND c.relname = {legacy_table}),
       pg_catalog.bool_or(n.nspname = 'paliad_ledger' AND c.relname = 'entry'),
       pg_catalog.bool_or(n.nspname = 'paliad_ledger' AND c.relname = 'applied_migrations'),
       pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE'),
       pg_catalog.bool_or(n.nspname = 'paliad_controller' AND c.relname = 'target')
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'f')
  AND n.nspname IN ({tracker_schema}, {legacy_schema}, 'paliad_ledger', 'paliad_controller')
  AND c.relname IN ({tracker_table}, {legacy_table}, 'entry', 'applied_migrations', 'target');
)sql";

inline constexpr char kTrackerRowsSql[] = "SELECT version, name, checksum FROM {tracker} ORDER BY version;";

inline constexpr char kSchemaRowsSql[] =
    "SELECT version, checksum FROM paliad_ledger.applied_migrations ORDER BY version;";

inline constexpr char kLegacySql[] = "SELECT version, dirty FROM {legacy} ORDER BY version DESC LIMIT 1;";

inline constexpr char kGenesisSql[] =
    "SELECT pg_catalog.encode(leaf_hash, 'hex'), pg_catalog.convert_from(leaf, 'UTF8')::pg_catalog.jsonb ->> "
    "'ledger'"
    " FROM paliad_ledger.entry WHERE seq = 0;";

// {system_identifier}: one of the two below.
inline constexpr char kIdentitySql[] =
    "SELECT oid, {system_identifier} FROM pg_catalog.pg_database"
    " WHERE datname = pg_catalog.current_database();";
inline constexpr char kSystemIdentifierSql[] =
    "(SELECT system_identifier FROM pg_catalog.pg_control_system())";
inline constexpr char kNoSystemIdentifierSql[] = "''";

inline constexpr char kNewestEntrySql[] =
    "SELECT kind, pg_catalog.convert_from(leaf, 'UTF8') FROM paliad_ledger.entry"
    " WHERE tracker = {tracker_name} ORDER BY seq DESC LIMIT 1;";

// Runs that started and have no end. A run that was refused the lock is appended whole, start and end in one
// commit; any other run that ended had settled all runs before it, so only what came after its end is looked
// at. OFFSET 0 keeps the conditions out of the walk back along the index: the planner, who does not know that
// ends stand at the end, would rather read the whole log.
inline constexpr char kUnfinishedRunsSql[] = R"sql(
SELECT started.run_id, started.target,
       (SELECT pg_catalog.max(ordinal) FROM paliad_ledger.entry AS e WHERE e.run_id = started.run_id),
       (SELECT pg_catalog.count(*) FROM paliad_ledger.entry AS e
        WHERE e.run_id = started.run_id AND e.kind = 'applied'),
       started."commit"
FROM paliad_ledger.entry AS started
WHERE started.tracker = {tracker_name} AND started.kind = 'run_started'
  AND started.seq > coalesce((SELECT seq FROM (SELECT seq, kind, outcome FROM paliad_ledger.entry
                                               WHERE tracker = {tracker_name}
                                               ORDER BY seq DESC OFFSET 0) AS backwards
                              WHERE kind = 'run_finished' AND outcome <> 'refused' LIMIT 1), -1)
  AND (SELECT ended.seq FROM paliad_ledger.entry AS ended
       WHERE ended.run_id = started.run_id AND ended.kind = 'run_finished'
       ORDER BY ended.ordinal DESC LIMIT 1) IS NULL
ORDER BY started.seq;
)sql";

// What the newest entry about each version says. `bootstrapped` speaks of ranges of versions:
// [[first,last],…].
inline constexpr char kRecordedSql[] = R"sql(
WITH told AS MATERIALIZED (  -- the log is read once
  SELECT version, seq, kind, outcome, blob, checksum, CASE WHEN kind = 'bootstrapped' THEN leaf END AS leaf
  FROM paliad_ledger.entry
  WHERE tracker = {tracker_name}
    AND kind IN ('applied', 'drift', 'resolved', 'intent', 'outcome_unknown', 'failed', 'bootstrapped')
), about AS (
  SELECT version, seq, kind, outcome, blob, checksum FROM told WHERE version IS NOT NULL
  UNION ALL
  SELECT covered, seq, kind, NULL, NULL, NULL
  FROM told,
       pg_catalog.jsonb_array_elements(pg_catalog.convert_from(leaf, 'UTF8')::jsonb -> 'versions') AS range,
       pg_catalog.generate_series((range ->> 0)::int, (range ->> 1)::int) AS covered
  WHERE kind = 'bootstrapped'
)
SELECT DISTINCT ON (about.version) about.version, kind, outcome, blob, checksum
FROM about ORDER BY about.version, seq DESC;
)sql";

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_DATABASE_STATE_SQL_H_
