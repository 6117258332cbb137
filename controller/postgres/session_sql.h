// The SQL of controller/postgres. Everything is schema-qualified: the search path may be anything.
#ifndef PALIAD_CONTROLLER_POSTGRES_SESSION_SQL_H_
#define PALIAD_CONTROLLER_POSTGRES_SESSION_SQL_H_

namespace paliad::pg {

// {pid}: the backend that the connection's start-up named.
inline constexpr char kFactsSql[] = R"sql(
SELECT pg_catalog.set_config('statement_timeout', '0', pg_catalog.pg_backend_pid() OPERATOR(pg_catalog.<>) {pid});
SELECT pg_catalog.pg_backend_pid(), pg_catalog.current_database(), session_user,
       pg_catalog.current_setting('server_encoding'), pg_catalog.pg_is_in_recovery(),
       pg_catalog.current_setting('track_counts') OPERATOR(pg_catalog.=) 'on'
)sql";

inline constexpr char kBackendPidSql[] = "SELECT pg_catalog.pg_backend_pid()";

// $1, $2: the lock number's high and low halves as pg_locks shows them.
inline constexpr char kLockHolderSql[] = R"sql(
SELECT activity.pid, activity.application_name, activity.usename,
       pg_catalog.date_trunc('second', activity.backend_start)::text,
       coalesce(pg_catalog.date_trunc('second', activity.xact_start)::text, ''), activity.state
FROM pg_catalog.pg_locks AS held
JOIN pg_catalog.pg_stat_activity AS activity ON activity.pid = held.pid
WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 1
  AND held.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
  AND held.classid::bigint = $1 AND held.objid::bigint = $2
)sql";

}  // namespace paliad::pg

#endif  // PALIAD_CONTROLLER_POSTGRES_SESSION_SQL_H_
