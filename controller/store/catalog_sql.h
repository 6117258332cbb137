// The SQL of catalog.cc. Everything is schema-qualified; what PostgreSQL prints (definitions) depends on the
// search path all the same, which catalog.cc sets.
#ifndef PALIAD_CONTROLLER_STORE_CATALOG_SQL_H_
#define PALIAD_CONTROLLER_STORE_CATALOG_SQL_H_

namespace paliad::store {

// Who owns the ledger's schema, the server's major version, the oids of it and of the controller's, the
// owner's oid.
inline constexpr char kSchemaOwnerSql[] = R"sql(
SELECT r.rolname, pg_catalog.current_setting('server_version_num')::int / 10000,
       (SELECT pg_catalog.string_agg(oid::text, ', ') FROM pg_catalog.pg_namespace
        WHERE nspname IN ('paliad_ledger', 'paliad_controller')),
       n.nspowner
FROM pg_catalog.pg_namespace AS n JOIN pg_catalog.pg_roles AS r ON r.oid = n.nspowner
WHERE n.nspname = 'paliad_ledger';
)sql";

// Rows (object's property, value). {schemas}: the schemas' oids, {owner}: its owner's. No oid and no name of
// a role but of those that should not be there; nothing that differs between PostgreSQL 13 and 18 but a
// view's body, which has the major version {major} in its name. NOT NULL is a constraint in 18, and told with
// the columns here.
inline constexpr char kCatalogLinesSql[] = R"sql(
WITH relation AS (
  SELECT c.*, CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'i' THEN 'index'
                             ELSE 'relation of kind ' || c.relkind::text END || ' ' || c.relname AS said
  FROM pg_catalog.pg_class AS c WHERE c.relnamespace IN ({schemas})
), routine AS (
  SELECT p.*, 'function ' || p.proname || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')' AS said
  FROM pg_catalog.pg_proc AS p WHERE p.pronamespace IN ({schemas})
), line AS (
  SELECT said AS what, pg_catalog.concat_ws(', ', CASE relpersistence WHEN 'p' THEN 'permanent' ELSE 'not permanent' END,
         CASE WHEN relrowsecurity OR relforcerowsecurity THEN 'row security' END,
         CASE WHEN relispartition THEN 'a partition' END, 'options ' || reloptions::text) AS value
  FROM relation
  UNION ALL
  SELECT said || ' owner', CASE WHEN relowner = {owner} THEN 'the schema''s' ELSE relowner::regrole::text END
  FROM relation WHERE relkind NOT IN ('i', 'I')
  UNION ALL
  SELECT said || ' column ' || a.attname,
         pg_catalog.format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
         || CASE WHEN a.attidentity <> '' THEN ' identity ' || a.attidentity::text ELSE '' END
         || CASE WHEN d.oid IS NULL THEN '' WHEN a.attgenerated <> '' THEN ' generated ' ELSE ' default ' END
         || coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), '')
  FROM relation AS c JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE c.relkind NOT IN ('i', 'I')
  UNION ALL
  SELECT c.said || ' constraint ' || k.conname,
         pg_catalog.pg_get_constraintdef(k.oid) || CASE WHEN k.convalidated THEN '' ELSE ' not validated' END
  FROM relation AS c JOIN pg_catalog.pg_constraint AS k ON k.conrelid = c.oid WHERE k.contype <> 'n'
  UNION ALL
  SELECT c.said || ' definition', pg_catalog.pg_get_indexdef(c.oid) || CASE WHEN i.indisvalid AND i.indisready
         AND i.indislive THEN '' ELSE ' invalid' END
  FROM relation AS c JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
  UNION ALL
  SELECT c.said || ' trigger ' || t.tgname,
         pg_catalog.pg_get_triggerdef(t.oid) || CASE t.tgenabled WHEN 'A' THEN ' enabled always' WHEN 'O' THEN ' enabled'
         WHEN 'R' THEN ' enabled on replicas only' ELSE ' disabled' END
  FROM relation AS c JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = c.oid WHERE NOT t.tgisinternal
  UNION ALL
  SELECT c.said || ' trigger ' || p.proname || ' of constraint ' || coalesce(k.conname, '?'),
         CASE t.tgenabled WHEN 'O' THEN 'enabled' WHEN 'A' THEN 'enabled' WHEN 'R' THEN 'enabled on replicas only'
         ELSE 'disabled' END
  FROM relation AS c JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = c.oid JOIN pg_catalog.pg_proc AS p ON p.oid = t.tgfoid
  LEFT JOIN pg_catalog.pg_constraint AS k ON k.oid = t.tgconstraint WHERE t.tgisinternal
  UNION ALL
  SELECT c.said || ' rule ' || r.rulename, CASE WHEN r.ev_type = '1' AND r.is_instead AND c.relkind = 'v'
         THEN 'the view''s, ' || CASE r.ev_enabled WHEN 'O' THEN 'enabled' ELSE 'not as made' END
         ELSE pg_catalog.pg_get_ruledef(r.oid) END
  FROM relation AS c JOIN pg_catalog.pg_rewrite AS r ON r.ev_class = c.oid
  UNION ALL
  SELECT said || ' body on PostgreSQL {major}', pg_catalog.encode(pg_catalog.sha256(
         pg_catalog.convert_to(pg_catalog.pg_get_viewdef(oid), 'UTF8')), 'hex')
  FROM relation WHERE relkind = 'v'
  UNION ALL
  SELECT c.said || ' policy ' || y.polname, 'there'
  FROM relation AS c JOIN pg_catalog.pg_policy AS y ON y.polrelid = c.oid
  UNION ALL
  SELECT c.said || ' inherits from', h.inhparent::regclass::text
  FROM relation AS c JOIN pg_catalog.pg_inherits AS h ON h.inhrelid = c.oid
  UNION ALL
  SELECT c.said || ' is inherited by', h.inhrelid::regclass::text
  FROM relation AS c JOIN pg_catalog.pg_inherits AS h ON h.inhparent = c.oid
  UNION ALL
  SELECT c.said || ' is written by', 'a subscription'
  FROM relation AS c JOIN pg_catalog.pg_subscription_rel AS s ON s.srrelid = c.oid
  UNION ALL
  SELECT said || ' owner', CASE WHEN proowner = {owner} THEN 'the schema''s' ELSE proowner::regrole::text END FROM routine
  UNION ALL
  SELECT said, pg_catalog.concat_ws(' ', 'language', l.lanname, 'kind', prokind, 'returns',
         pg_catalog.pg_get_function_result(p.oid), 'arguments (' || pg_catalog.pg_get_function_arguments(p.oid) || ')',
         'volatility', provolatile, 'parallel', proparallel, CASE WHEN prosecdef THEN 'security definer' END,
         CASE WHEN proisstrict THEN 'strict' END, CASE WHEN proleakproof THEN 'leakproof' END,
         'settings ' || proconfig::text)
  FROM routine AS p JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
  UNION ALL
  SELECT said || ' body', pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(prosrc, 'UTF8')), 'hex') FROM routine
  UNION ALL
  SELECT 'type ' || t.typname, 'there' FROM pg_catalog.pg_type AS t
  WHERE t.typnamespace IN ({schemas}) AND t.typrelid = 0 AND NOT EXISTS
        (SELECT FROM pg_catalog.pg_type AS element WHERE element.typarray = t.oid AND element.typrelid <> 0)
  UNION ALL
  SELECT 'operator ' || o.oid::regoperator::text, 'there' FROM pg_catalog.pg_operator AS o WHERE o.oprnamespace IN ({schemas})
  UNION ALL
  SELECT 'default privileges of ' || d.defaclrole::regrole::text, d.defaclacl::text
  FROM pg_catalog.pg_default_acl AS d WHERE d.defaclnamespace IN ({schemas})
)
SELECT what, pg_catalog.regexp_replace(value, '[[:space:]]+', ' ', 'g') FROM line ORDER BY what COLLATE "C", value COLLATE "C";
)sql";

// Rows (object, grantee or "PUBLIC", privilege, whether the grantee may hand it on) of all grants to others
// than the owner.
inline constexpr char kGrantsSql[] = R"sql(
WITH object AS (
  SELECT 'schema ' || nspname AS said, coalesce(nspacl, pg_catalog.acldefault('n', nspowner)) AS acl, nspowner AS owner
  FROM pg_catalog.pg_namespace WHERE oid IN ({schemas})
  UNION ALL
  SELECT 'table ' || relname, coalesce(relacl, pg_catalog.acldefault('r', relowner)), relowner
  FROM pg_catalog.pg_class WHERE relnamespace IN ({schemas}) AND relkind NOT IN ('i', 'I')
  UNION ALL
  SELECT 'column ' || c.relname || '.' || a.attname, a.attacl, c.relowner
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid
  WHERE c.relnamespace IN ({schemas}) AND a.attacl IS NOT NULL
  UNION ALL
  SELECT 'function ' || proname, coalesce(proacl, pg_catalog.acldefault('f', proowner)), proowner
  FROM pg_catalog.pg_proc WHERE pronamespace IN ({schemas})
)
SELECT said, CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(g.grantee) END, g.privilege_type,
       g.is_grantable
FROM object CROSS JOIN LATERAL pg_catalog.aclexplode(object.acl) AS g
WHERE g.grantee <> object.owner
ORDER BY 2, 1, 3;
)sql";

// Rows (login, whether a code is asked for), a row each installation, oldest first. Found by the index on the
// tracker.
inline constexpr char kInstallationsSql[] = R"sql(
SELECT leaf ->> 'login', leaf ->> 'code'
FROM (SELECT seq, pg_catalog.convert_from(leaf, 'UTF8')::jsonb AS leaf FROM paliad_ledger.entry
      WHERE tracker = 'paliad_ledger.applied_migrations' AND kind = 'schema_upgraded' OFFSET 0) AS upgrade
WHERE leaf ? 'login' ORDER BY seq;
)sql";

// Rows (problem or note, text): who else can act as {owner}, and what else there is of it.
inline constexpr char kOwnerRoleSql[] = R"sql(
WITH RECURSIVE owner AS (SELECT * FROM pg_catalog.pg_roles WHERE oid = {owner}),
grant_of AS (  -- before 16 every membership lets its holder act as the role
  SELECT m.roleid, m.member, coalesce((pg_catalog.to_jsonb(m) ->> 'inherit_option')::boolean, true)
                             OR coalesce((pg_catalog.to_jsonb(m) ->> 'set_option')::boolean, true) AS acts
  FROM pg_catalog.pg_auth_members AS m
), member AS (
  SELECT g.member, g.acts FROM grant_of AS g WHERE g.roleid = {owner}
  UNION
  SELECT g.member, g.acts AND m.acts FROM grant_of AS g JOIN member AS m ON m.member = g.roleid
)
SELECT 'problem', 'role ' || rolname || ' ' || said
FROM owner CROSS JOIN LATERAL (VALUES (rolcanlogin, 'may log in'), (rolsuper, 'is a superuser'),
  (rolcreaterole, 'has CREATEROLE'), (rolreplication, 'has REPLICATION')) AS attribute (there, said)
WHERE there
UNION ALL
SELECT CASE WHEN m.acts THEN 'problem' ELSE 'note' END,
       'role ' || r.rolname || CASE WHEN m.acts THEN ' is a member of ' ELSE ' may make itself a member of ' END
       || owner.rolname || ', and so could change the ledger'
FROM owner, (SELECT member, pg_catalog.bool_or(acts) AS acts FROM member GROUP BY member) AS m
JOIN pg_catalog.pg_roles AS r ON r.oid = m.member WHERE NOT r.rolsuper
UNION ALL
SELECT 'problem', pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid) || ' belongs to ' || owner.rolname
       || ', and is not the ledger''s'
FROM owner, pg_catalog.pg_shdepend AS d
WHERE d.refclassid = 'pg_catalog.pg_authid'::regclass AND d.refobjid = {owner} AND d.deptype = 'o'
  AND d.dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
  AND NOT (d.classid = 'pg_catalog.pg_namespace'::regclass AND d.objid IN ({schemas}))
  AND coalesce((SELECT i.schema FROM pg_catalog.pg_identify_object(d.classid, d.objid, d.objsubid) AS i)
               NOT IN ('paliad_ledger', 'paliad_controller'), true)
UNION ALL
SELECT 'problem', 'default privileges of ' || owner.rolname || ': ' || d.defaclacl::text
FROM owner, pg_catalog.pg_default_acl AS d WHERE d.defaclrole = {owner};
)sql";

// Rows (problem or note, text). Only superusers make event triggers; what matters is who can change what they
// run.
inline constexpr char kEventTriggersSql[] = R"sql(
SELECT CASE WHEN r.rolsuper AND p.rolsuper THEN 'note' ELSE 'problem' END,
       'event trigger ' || e.evtname || ' of role ' || r.rolname || ' runs ' || e.evtfoid::regprocedure::text || ' of role '
       || p.rolname || ' at ' || e.evtevent
FROM pg_catalog.pg_event_trigger AS e JOIN pg_catalog.pg_roles AS r ON r.oid = e.evtowner
JOIN pg_catalog.pg_proc AS f ON f.oid = e.evtfoid JOIN pg_catalog.pg_roles AS p ON p.oid = f.proowner
WHERE e.evtenabled <> 'D' ORDER BY 2;
)sql";

// Rows (problem, text): what stands in PostgreSQL's own schema and did not come with it or with an extension,
// and what came with it, is used here, and is written in SQL now. It would lie to every query, and to views.
inline constexpr char kForeignBuiltinsSql[] = R"sql(
SELECT 'problem', object.said || ' stands in pg_catalog and is not PostgreSQL''s own'
FROM (SELECT 'function ' || p.oid::regprocedure::text AS said, 'pg_catalog.pg_proc'::regclass AS class, p.oid
      FROM pg_catalog.pg_proc AS p WHERE p.pronamespace = 'pg_catalog'::regnamespace
      UNION ALL
      SELECT 'operator ' || o.oid::regoperator::text, 'pg_catalog.pg_operator'::regclass, o.oid
      FROM pg_catalog.pg_operator AS o WHERE o.oprnamespace = 'pg_catalog'::regnamespace) AS object
WHERE object.oid >= 16384 AND NOT EXISTS (
  SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = object.class AND d.objid = object.oid AND d.deptype = 'e')
UNION ALL
SELECT 'problem', 'function ' || p.oid::regprocedure::text || ' of pg_catalog was replaced: its language is ' || l.lanname
FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.oid < 16384 AND l.lanname <> 'internal'
      AND p.proname IN ('byteaeq', 'concat_ws', 'convert_from', 'convert_to', 'decode', 'encode', 'int4eq', 'int8eq',
                        'jsonb_exists', 'jsonb_object_field', 'jsonb_object_field_text', 'octet_length', 'sha256',
                        'texteq', 'textcat', 'timezone', 'to_char', 'uuid_eq')
ORDER BY 2;
)sql";

}  // namespace paliad::store

#endif  // PALIAD_CONTROLLER_STORE_CATALOG_SQL_H_
