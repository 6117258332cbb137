SET LOCAL session_replication_role = replica;
INSERT INTO office VALUES (1);
SET session_replication_role TO 'replica';
