#include "controller/store/role_rights.h"

namespace paliad::store {
namespace {

// $1: the role. A superuser is a member of everything, which says nothing more.
constexpr char kDangerousRightsSql[] = R"sql(
WITH me AS (SELECT * FROM pg_catalog.pg_roles WHERE rolname = $1),
database AS (SELECT * FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
SELECT said, remedy FROM (
  SELECT 1, 'is a superuser', pg_catalog.format('ALTER ROLE %I NOSUPERUSER', rolname) FROM me WHERE rolsuper
  UNION ALL
  SELECT 2, 'has CREATEROLE', pg_catalog.format('ALTER ROLE %I NOCREATEROLE', rolname) FROM me WHERE rolcreaterole
  UNION ALL
  SELECT 3, 'has REPLICATION', pg_catalog.format('ALTER ROLE %I NOREPLICATION', rolname) FROM me WHERE rolreplication
  UNION ALL
  SELECT 4, 'owns database ' || datname, pg_catalog.format('ALTER DATABASE %I OWNER TO …', datname)
  FROM me, database WHERE datdba = me.oid
  UNION ALL
  SELECT 5, 'is a member of ' || r.rolname || CASE
           WHEN r.rolsuper THEN ', a superuser' WHEN r.rolcreaterole THEN ', which has CREATEROLE'
           WHEN r.rolreplication THEN ', which has REPLICATION'
           WHEN r.oid = datdba THEN ', which owns database ' || datname ELSE '' END,
         pg_catalog.format('REVOKE %I FROM %I', r.rolname, me.rolname)
  FROM me, database, pg_catalog.pg_roles AS r
  WHERE NOT me.rolsuper AND r.oid <> me.oid AND pg_catalog.pg_has_role(me.oid, r.oid, 'MEMBER')
    AND (r.rolsuper OR r.rolcreaterole OR r.rolreplication OR r.oid = datdba
         OR r.rolname IN ('paliad_ledger_owner', 'pg_write_all_data', 'pg_read_all_data', 'pg_read_server_files',
                          'pg_write_server_files', 'pg_execute_server_program'))
) AS found (place, said, remedy)
ORDER BY place, said
)sql";

}  // namespace

Result<std::vector<RoleRight>> ReadDangerousRights(pg::Session& session, const std::string& role) {
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   session.Query(kDangerousRightsSql, {role}, "look what the login role may do"));
  std::vector<RoleRight> rights;
  for (int row = 0; row < rows.size(); ++row) {
    rights.push_back({.what = rows.String(row, 0), .remedy = rows.String(row, 1)});
  }
  return rights;
}

}  // namespace paliad::store
