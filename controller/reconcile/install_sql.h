// The SQL of install.cc. {owner}, {auditor}, {login}: names as literals.
#ifndef PALIAD_CONTROLLER_RECONCILE_INSTALL_SQL_H_
#define PALIAD_CONTROLLER_RECONCILE_INSTALL_SQL_H_

namespace paliad {

// Whether the login and our roles are there, and who owns the ledger's schema ("": it is not there).
inline constexpr char kRolesSql[] = R"sql(
SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {login}),
       EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {owner}),
       EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {auditor}),
       coalesce((SELECT pg_catalog.pg_get_userbyid(nspowner) FROM pg_catalog.pg_namespace
                 WHERE nspname = 'paliad_ledger'), '')
)sql";

// What is wrong with the owner's role; "": nothing.
inline constexpr char kOwnerIsPlainSql[] = R"sql(
SELECT coalesce(pg_catalog.string_agg(said, '; ' ORDER BY said), '') FROM (
  SELECT said FROM pg_catalog.pg_roles CROSS JOIN LATERAL
    (VALUES (rolcanlogin, 'it may log in'), (rolsuper, 'it is a superuser'), (rolcreaterole, 'it has CREATEROLE'),
            (rolreplication, 'it has REPLICATION')) AS attribute (there, said)
  WHERE rolname = {owner} AND there
  UNION ALL
  SELECT 'role ' || r.rolname || ' is a member of it'
  FROM pg_catalog.pg_roles AS r JOIN pg_catalog.pg_auth_members AS m ON m.member = r.oid
  JOIN pg_catalog.pg_roles AS o ON o.oid = m.roleid
  WHERE o.rolname = {owner} AND NOT r.rolsuper AND r.rolname <> current_user
    -- From 16 on a role's maker is a member that cannot act as the role.
    AND (coalesce((pg_catalog.to_jsonb(m) ->> 'inherit_option')::boolean, true)
         OR coalesce((pg_catalog.to_jsonb(m) ->> 'set_option')::boolean, true))
) AS found
)sql";

inline constexpr char kPlainTrackerSql[] = R"sql(
SELECT coalesce(pg_catalog.bool_and(relkind = 'r' AND NOT relhasrules AND NOT relrowsecurity), false)
FROM pg_catalog.pg_class
WHERE relnamespace = 'paliad_ledger'::regnamespace AND relname = 'applied_migrations'
)sql";

// Statements that give the owner what is not its own yet: the schema first, since a new owner has to have the
// right to create in it.
inline constexpr char kOwnersSql[] = R"sql(
SELECT statement FROM (
  SELECT 1 AS place, nspname::text AS name,
         pg_catalog.format('ALTER SCHEMA %I OWNER TO %I', nspname, {owner}) AS statement
  FROM pg_catalog.pg_namespace WHERE nspname IN ('paliad_ledger', 'paliad_controller') AND nspowner <> pg_catalog.quote_ident({owner})::regrole
  UNION ALL
  SELECT 2, relname, pg_catalog.format('ALTER %s %s.%I OWNER TO %I',
         CASE relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, relnamespace::regnamespace, relname, {owner})
  FROM pg_catalog.pg_class WHERE relnamespace IN (SELECT oid FROM pg_catalog.pg_namespace
                         WHERE nspname IN ('paliad_ledger', 'paliad_controller')) AND relkind IN ('r', 'p', 'v', 'f')
    AND relowner <> pg_catalog.quote_ident({owner})::regrole
  UNION ALL
  SELECT 3, proname, pg_catalog.format('ALTER ROUTINE %s OWNER TO %I', oid::regprocedure, {owner})
  FROM pg_catalog.pg_proc WHERE pronamespace IN (SELECT oid FROM pg_catalog.pg_namespace
                         WHERE nspname IN ('paliad_ledger', 'paliad_controller')) AND proowner <> pg_catalog.quote_ident({owner})::regrole
) AS wanted ORDER BY place, name COLLATE "C"
)sql";

// Rows (object, grantee, privilege, SQL of the object) of what the login and the auditors should have.
inline constexpr char kGrantableSql[] = R"sql(
WITH object AS (
  SELECT 'schema ' || nspname AS said, 'USAGE' AS privilege, 'SCHEMA ' || nspname AS name, nspacl AS acl,
         nspowner AS owner, 'n'::"char" AS kind
  FROM pg_catalog.pg_namespace WHERE nspname IN ('paliad_ledger', 'paliad_controller')
  UNION ALL
  SELECT 'table ' || relname, 'SELECT', pg_catalog.format('TABLE %s.%I', relnamespace::regnamespace, relname), relacl, relowner, 'r'
  FROM pg_catalog.pg_class WHERE relnamespace IN (SELECT oid FROM pg_catalog.pg_namespace
                         WHERE nspname IN ('paliad_ledger', 'paliad_controller')) AND relkind IN ('r', 'v')
  UNION ALL
  SELECT 'function ' || proname, 'EXECUTE', pg_catalog.format('FUNCTION %s', oid::regprocedure), proacl, proowner, 'f'
  FROM pg_catalog.pg_proc WHERE pronamespace IN (SELECT oid FROM pg_catalog.pg_namespace
                         WHERE nspname IN ('paliad_ledger', 'paliad_controller'))
)
SELECT said, grantee, privilege, name
FROM object CROSS JOIN (VALUES ({login}), ({auditor})) AS role (grantee)
WHERE NOT EXISTS (SELECT FROM pg_catalog.aclexplode(coalesce(acl, pg_catalog.acldefault(kind, owner))) AS g
                  WHERE g.grantee = pg_catalog.quote_ident(role.grantee)::regrole AND g.privilege_type = privilege)
ORDER BY said COLLATE "C", grantee COLLATE "C"
)sql";

// Rows (object, grantee or "PUBLIC", privilege, may hand it on, statement) of every grant to others than the
// owner.
inline constexpr char kRevocableSql[] = R"sql(
WITH object AS (
  SELECT 'schema ' || nspname AS said, 'SCHEMA ' || nspname AS name, '' AS of_column,
         coalesce(nspacl, pg_catalog.acldefault('n', nspowner)) AS acl, nspowner AS owner
  FROM pg_catalog.pg_namespace WHERE nspname IN ('paliad_ledger', 'paliad_controller')
  UNION ALL
  SELECT 'table ' || relname, pg_catalog.format('TABLE %s.%I', relnamespace::regnamespace, relname), '',
         coalesce(relacl, pg_catalog.acldefault('r', relowner)), relowner
  FROM pg_catalog.pg_class WHERE relnamespace IN (SELECT oid FROM pg_catalog.pg_namespace
                         WHERE nspname IN ('paliad_ledger', 'paliad_controller')) AND relkind IN ('r', 'v')
  UNION ALL
  SELECT 'column ' || c.relname || '.' || a.attname, pg_catalog.format('TABLE %s.%I', c.relnamespace::regnamespace, c.relname),
         pg_catalog.format(' (%I)', a.attname), a.attacl, c.relowner
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid
  WHERE c.relnamespace IN (SELECT oid FROM pg_catalog.pg_namespace
                         WHERE nspname IN ('paliad_ledger', 'paliad_controller')) AND a.attacl IS NOT NULL
  UNION ALL
  SELECT 'function ' || proname, pg_catalog.format('FUNCTION %s', oid::regprocedure), '',
         coalesce(proacl, pg_catalog.acldefault('f', proowner)), proowner
  FROM pg_catalog.pg_proc WHERE pronamespace IN (SELECT oid FROM pg_catalog.pg_namespace
                         WHERE nspname IN ('paliad_ledger', 'paliad_controller'))
), granted AS (
  SELECT said, CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(g.grantee) END AS grantee,
         g.privilege_type, g.is_grantable, name, of_column
  FROM object CROSS JOIN LATERAL pg_catalog.aclexplode(acl) AS g WHERE g.grantee <> owner
)
SELECT said, grantee, privilege_type, is_grantable,
       pg_catalog.format('REVOKE %s%s ON %s FROM %s CASCADE', privilege_type, of_column, name,
                         CASE grantee WHEN 'PUBLIC' THEN 'PUBLIC' ELSE pg_catalog.quote_ident(grantee) END)
FROM granted ORDER BY said COLLATE "C", grantee COLLATE "C", privilege_type
)sql";

// {origin}, {inner}, {outer}. A row comes back if the secret is another one than before.
inline constexpr char kSecretSql[] = R"sql(
INSERT INTO paliad_ledger.append_secret AS s (origin, inner_pad, outer_pad) VALUES ({origin}, {inner}, {outer})
ON CONFLICT (origin) DO UPDATE SET inner_pad = excluded.inner_pad, outer_pad = excluded.outer_pad
WHERE s.inner_pad <> excluded.inner_pad OR s.outer_pad <> excluded.outer_pad
RETURNING true
)sql";

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_INSTALL_SQL_H_
