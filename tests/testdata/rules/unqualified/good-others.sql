-- CREATE TABLE office (id bigint);
DROP TABLE office; INSERT INTO office VALUES (1); SELECT 'CREATE TABLE x (a int)', f(1) FROM office;
CREATE INDEX office_city ON office (city); ALTER INDEX office_city RENAME TO office_town; ALTER INDEX i SET (fillfactor = 70);
CREATE SCHEMA app; ALTER SCHEMA app OWNER TO app; CREATE EXTENSION pgcrypto; CREATE ROLE app; ALTER ROLE app RENAME TO b;
CREATE TRIGGER t BEFORE INSERT ON office FOR EACH ROW EXECUTE FUNCTION f(); ALTER TRIGGER t ON office RENAME TO u;
ALTER DATABASE app SET work_mem = 1; CREATE OPERATOR + (function = f); GRANT SELECT ON office TO app;
