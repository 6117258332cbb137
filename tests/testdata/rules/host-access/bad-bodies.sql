CREATE FUNCTION app.import(path text) RETURNS void LANGUAGE plpgsql AS $body$
BEGIN
  -- pg_read_file('in a comment') is not a call
  EXECUTE format('COPY app.office FROM %L', path); -- ü
END $body$;
DO $$BEGIN PERFORM 'é', lo_export(1, '/tmp/x'); END$$; DO 'BEGIN COPY t TO PROGRAM ''id''; END';
DO $$ BEGIN EXECUTE 'COPY app.office TO ' || quote_literal('/tmp/x'); END $$;
DO $$ BEGIN CREATE EXTENSION IF NOT EXISTS postgres_fdw; END $$;
DO $$ BEGIN LOAD 'x'; END $$; DO $$ BEGIN CREATE SERVER s FOREIGN DATA WRAPPER f; END $$;
CREATE FUNCTION app.g() RETURNS text LANGUAGE plperl AS $$
  # that's Perl
  return spi_exec_query("SELECT pg_read_file ('x')")->{rows}[0];
$$;
DO $$ BEGIN EXECUTE $q$ CREATE FUNCTION f() RETURNS int LANGUAGE 'c' AS 'x', 'y' $q$; END $$;
CREATE PROCEDURE p() LANGUAGE sql AS 'IMPORT FOREIGN SCHEMA a FROM SERVER s INTO b';
