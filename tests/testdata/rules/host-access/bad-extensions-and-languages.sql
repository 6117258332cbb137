CREATE EXTENSION IF NOT EXISTS dblink; CREATE EXTENSION "postgis" WITH SCHEMA gis CASCADE;
ALTER EXTENSION postgres_fdw UPDATE TO '1.1'; CREATE LANGUAGE plpython3u;
CREATE TRUSTED LANGUAGE mine HANDLER mine_handler;
CREATE FUNCTION app.add(int, int) RETURNS int
  AS '$libdir/add', 'add' /* in C */ LANGUAGE C STRICT;
CREATE FUNCTION app.os() RETURNS text LANGUAGE 'PLPERLU' AS 'return `id`';
DO LANGUAGE plpython3u $$ import os $$;
ALTER SYSTEM SET archive_command = 'cp %p /tmp'; ALTER ROLE app SET session_preload_libraries = 'x';
