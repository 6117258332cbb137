CREATE EXTENSION IF NOT EXISTS pgcrypto; CREATE EXTENSION "uuid-ossp"; ALTER EXTENSION hstore UPDATE;
CREATE LANGUAGE plpgsql; CREATE EXTENSION citext SCHEMA ext CASCADE;
DROP EXTENSION dblink; DROP SERVER archive; COMMENT ON EXTENSION dblink IS 'not used';
CREATE FUNCTION app.one() RETURNS int LANGUAGE SQL AS 'SELECT 1';
CREATE FUNCTION app.two() RETURNS int LANGUAGE plperl AS 'return 2;';
CREATE FOREIGN TABLE app.orders (id bigint) SERVER archive OPTIONS (schema_name 'public', table_name 'orders');
ALTER ROLE app SET search_path = app; ALTER SYSTEM RESET archive_command;
