SELECT 'Büro'; ALTER TABLE public.office ALTER COLUMN name TYPE varchar(20), ALTER id TYPE bigint;
ALTER TABLE ONLY "Büro" ALTER "Größe" SET DATA TYPE numeric(12,2) USING "Größe"::numeric(12,2);
ALTER TABLE office ALTER at TYPE timestamptz /* local */ USING at AT TIME ZONE 'Europe/Vienna',
  ALTER tags TYPE text[],
  ALTER code TYPE text COLLATE "C",
  ALTER mood TYPE app."Mood" USING mood::text::app."Mood",
  ALTER state TYPE app.state,
  ALTER note TYPE text USING note,
  ALTER price TYPE numeric,
  ALTER ip TYPE inet,
  ALTER seen TYPE timestamp(3),
  ALTER lasts TYPE interval(3),
  ALTER kind TYPE char(3);
