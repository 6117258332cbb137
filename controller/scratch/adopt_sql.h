// The SQL of adopt.cc: queries that return SQL, one statement a row.
#ifndef PALIAD_CONTROLLER_SCRATCH_ADOPT_SQL_H_
#define PALIAD_CONTROLLER_SCRATCH_ADOPT_SQL_H_

namespace paliad::scratch {

// "ALTER … OWNER TO …" for all that initdb did not make (PostgreSQL's access/transam.h: FirstNormalObjectId
// is 16384) and no extension owns. Schemas come first, since the new owner of a table needs CREATE in its
// schema. pg_shdepend would be shorter, but does not name what belongs to the first superuser. REASSIGN OWNED
// would be shorter still, but hands over shared objects too: the databases and tablespaces of the very same
// owner. $1: the new owner.
inline constexpr char kOwnershipSql[] = R"sql(
WITH owned AS (
  SELECT 1 AS turn, 'pg_catalog.pg_namespace'::pg_catalog.regclass AS class, oid FROM pg_catalog.pg_namespace
  WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
  UNION ALL
  SELECT 2, 'pg_catalog.pg_class'::pg_catalog.regclass, c.oid FROM pg_catalog.pg_class AS c
  WHERE (c.relkind IN ('r', 'p', 'v', 'm', 'f') OR c.relkind = 'S' AND NOT EXISTS (
           SELECT FROM pg_catalog.pg_depend AS d  -- a column's sequence follows its table
           WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid
             AND d.deptype IN ('a', 'i')))
    AND c.relpersistence <> 't'
  UNION ALL
  SELECT 3, 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid FROM pg_catalog.pg_type AS t
  WHERE t.typtype IN ('d', 'e', 'r') OR t.typtype = 'b' AND t.typelem = 0
     OR t.typtype = 'c' AND (SELECT relkind FROM pg_catalog.pg_class AS c WHERE c.oid = t.typrelid) = 'c'
  UNION ALL
  SELECT 4, 'pg_catalog.pg_proc'::pg_catalog.regclass, p.oid FROM pg_catalog.pg_proc AS p
  WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d  -- a range type's constructors
                    WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid
                      AND d.deptype = 'i')
  UNION ALL SELECT 5, 'pg_catalog.pg_operator'::pg_catalog.regclass, oid FROM pg_catalog.pg_operator
  UNION ALL SELECT 5, 'pg_catalog.pg_opfamily'::pg_catalog.regclass, oid FROM pg_catalog.pg_opfamily
  UNION ALL SELECT 5, 'pg_catalog.pg_opclass'::pg_catalog.regclass, oid FROM pg_catalog.pg_opclass
  UNION ALL SELECT 5, 'pg_catalog.pg_collation'::pg_catalog.regclass, oid FROM pg_catalog.pg_collation
  UNION ALL SELECT 5, 'pg_catalog.pg_conversion'::pg_catalog.regclass, oid FROM pg_catalog.pg_conversion
  UNION ALL SELECT 5, 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass, oid FROM pg_catalog.pg_statistic_ext
  UNION ALL SELECT 5, 'pg_catalog.pg_ts_config'::pg_catalog.regclass, oid FROM pg_catalog.pg_ts_config
  UNION ALL SELECT 5, 'pg_catalog.pg_ts_dict'::pg_catalog.regclass, oid FROM pg_catalog.pg_ts_dict
  UNION ALL SELECT 5, 'pg_catalog.pg_publication'::pg_catalog.regclass, oid FROM pg_catalog.pg_publication
  UNION ALL
  SELECT 5, 'pg_catalog.pg_largeobject'::pg_catalog.regclass, oid FROM pg_catalog.pg_largeobject_metadata
)
SELECT pg_catalog.format('ALTER %s %s OWNER TO %I;',
                         CASE object.type WHEN 'statistics object' THEN 'STATISTICS'
                                          WHEN 'composite type' THEN 'TYPE'
                                          ELSE pg_catalog.upper(object.type) END,
                         object.identity, $1::text)
FROM owned, pg_catalog.pg_identify_object(owned.class, owned.oid, 0) AS object
WHERE (owned.oid >= 16384
       OR owned.class = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND object.identity = 'public')
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                  WHERE d.classid = owned.class AND d.objid = owned.oid AND d.deptype = 'e')
ORDER BY owned.turn, owned.oid
)sql";

// The ways out of a database that PostgreSQL's own extensions have, and the best known others. Whatever else
// an extension lets PUBLIC do is the choice of whoever keeps the template.
inline constexpr char kDoorsSql[] = R"sql(
SELECT pg_catalog.format('DROP USER MAPPING FOR %s SERVER %I;',
                         CASE WHEN umuser = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(usename) END, srvname)
FROM pg_catalog.pg_user_mappings
UNION ALL
SELECT pg_catalog.format('REVOKE ALL ON FOREIGN SERVER %I FROM PUBLIC;', srvname)
FROM pg_catalog.pg_foreign_server
UNION ALL
SELECT pg_catalog.format('REVOKE ALL ON FOREIGN DATA WRAPPER %I FROM PUBLIC;', fdwname)
FROM pg_catalog.pg_foreign_data_wrapper
UNION ALL
SELECT pg_catalog.format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC;', p.oid::pg_catalog.regprocedure)
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid
     AND d.deptype = 'e' AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
JOIN pg_catalog.pg_extension AS e ON e.oid = d.refobjid
WHERE e.extname IN ('adminpack', 'aws_s3', 'aws_lambda', 'dblink', 'http', 'pg_background', 'pg_cron', 'pg_net')
)sql";

}  // namespace paliad::scratch

#endif  // PALIAD_CONTROLLER_SCRATCH_ADOPT_SQL_H_
