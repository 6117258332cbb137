CREATE TEMP TABLE t (id int PRIMARY KEY, data json, at timestamp); ALTER TABLE t ADD COLUMN c char(3);
CREATE FUNCTION app.f(a timestamp, b json) RETURNS TABLE (c money) LANGUAGE sql AS 'SELECT 1::money';
SELECT now()::timestamp, '{}'::json, CAST(1 AS money), x::char(3) FROM t;
CREATE FOREIGN TABLE app.remote (id serial, at timestamp, data json) SERVER s; ALTER FOREIGN TABLE app.remote ADD COLUMN a json;
CREATE TABLE app.copy AS SELECT now()::timestamp AS at; CREATE VIEW app.v AS SELECT '{}'::json AS a;
