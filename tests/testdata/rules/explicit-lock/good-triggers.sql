ALTER TABLE office ENABLE TRIGGER ALL, ENABLE TRIGGER "Prüfung", ENABLE ALWAYS TRIGGER audit, DISABLE ROW LEVEL SECURITY;
DROP TRIGGER audit ON office;
SET LOCAL session_replication_role = origin;
SET session_replication_role = DEFAULT;
RESET session_replication_role;
