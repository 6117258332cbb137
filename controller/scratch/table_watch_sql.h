// The SQL of table_watch.cc. {own} is the condition that leaves out the system's, the tracker and the ledger.
#ifndef PALIAD_CONTROLLER_SCRATCH_TABLE_WATCH_SQL_H_
#define PALIAD_CONTROLLER_SCRATCH_TABLE_WATCH_SQL_H_

namespace paliad::scratch {

inline constexpr char kOwnTablesSql[] =
    "n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'paliad_ledger')"
    " AND NOT (n.nspname = {} AND c.relname = {})";

// Tables, partitioned tables, materialized views and foreign tables.
inline constexpr char kTablesSql[] = R"sql(
SELECT c.oid, pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname),
       pg_catalog.pg_relation_filenode(c.oid)
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'f') AND {own};
)sql";

// In the migration's own session: its writes that are not yet reported. Only their growth within one
// transaction means something. A table that it drops takes its counters with it.
inline constexpr char kCountersSql[] = R"sql(
SELECT * FROM (
  SELECT c.oid, pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid) AS inserted,
         pg_catalog.pg_stat_get_xact_tuples_updated(c.oid) AS updated,
         pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid) AS deleted
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'm') AND {own}
) AS counted WHERE inserted + updated + deleted > 0;
)sql";

// Sent again and again while a migration outside of a transaction runs.
inline constexpr char kLocksSql[] =
    "SELECT relation, mode FROM pg_catalog.pg_locks"
    " WHERE locktype = 'relation' AND granted AND pid = {pid} AND database = {database}";

}  // namespace paliad::scratch

#endif  // PALIAD_CONTROLLER_SCRATCH_TABLE_WATCH_SQL_H_
