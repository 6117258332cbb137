SELECT 'DO $$ BEGIN END $$', $x$EXECUTE 'a' || b$x$; -- DO $$ BEGIN END $$
PREPARE one AS SELECT 1; EXECUTE one; DEALLOCATE one;
CREATE TABLE "do" ("execute" int); CREATE RULE r AS ON INSERT TO "do" DO ALSO SELECT 1;
INSERT INTO "do" VALUES (1) ON CONFLICT DO NOTHING;
CREATE FUNCTION app.run(x text) RETURNS void LANGUAGE plperl AS $$ execute($x . "y"); $$;
