CREATE TABLE public.office (
  id int PRIMARY KEY, "Größe" char(3), -- über alles
  opened timestamp, closed TIMESTAMP (3) /* no zone */ WITHOUT TIME ZONE [], seen pg_catalog.timestamp,
  rent money, data json NOT NULL, list json[], flag char, nr serial, nr4 serial4, nr2 smallserial, nr8 bigserial UNIQUE, k national character (2)
);
SELECT 'é'; ALTER TABLE ONLY "Büro" ADD COLUMN a timestamp DEFAULT now(), ADD b "json", ALTER COLUMN c TYPE money USING c::money;
CREATE SCHEMA s CREATE TABLE t (a json);
