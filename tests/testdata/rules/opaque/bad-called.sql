CREATE FUNCTION app.migrate() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DELETE FROM app.office; END $$;
SELECT 'ü', app.migrate(); SELECT migrate(); SELECT * FROM app.migrate() AS m;
DROP FUNCTION app.migrate();
CREATE OR REPLACE PROCEDURE "Büro"() LANGUAGE sql AS 'DROP TABLE app.office'; CALL "Büro"(/* nothing */);
