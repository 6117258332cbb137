SELECT 'ü', pg_read_file('/etc/passwd'), "pg_catalog"."pg_ls_dir"('.'), PG_STAT_FILE ('x');
INSERT INTO app.scan (page) VALUES (lo_import('/tmp/page.png'));
ALTER TABLE app.scan ADD COLUMN name text DEFAULT pg_read_binary_file('/tmp/name');
CREATE VIEW app.remote AS SELECT * FROM ext.dblink('dbname=other', 'SELECT 1') AS t (a int);
SELECT dblink_connect('dbname=other'); SELECT query_to_xml('SELECT pg_read_file(''x'')', true, true, '');
CREATE FUNCTION app.f() RETURNS bytea BEGIN ATOMIC SELECT pg_read_binary_file('x'); END;
