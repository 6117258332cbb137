CREATE TABLE public.office (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code text CHECK (length(code) = 3), opened timestamptz,
  closed timestamp (3) with time zone, rent numeric(12, 2), data jsonb, nr int, small smallint, v varchar(10), c "char",
  b bpchar, own app.json, zone app.timestamp, money text, "timestamp" date, day date, at time
);
ALTER TABLE public.office ADD COLUMN count int NOT NULL DEFAULT 0, ALTER COLUMN nr TYPE bigint;
-- timestamp, json, char(3)
