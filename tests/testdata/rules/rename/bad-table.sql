SELECT 'Büro'; ALTER TABLE public.office RENAME TO bureau; ALTER TABLE IF EXISTS "Büro" RENAME TO "Office";
ALTER VIEW app.offices RENAME TO bureaus;
ALTER MATERIALIZED VIEW /* é */ counts RENAME TO sums;
ALTER SEQUENCE office_id_seq RENAME TO bureau_id_seq;
ALTER FOREIGN TABLE remote RENAME TO far;
