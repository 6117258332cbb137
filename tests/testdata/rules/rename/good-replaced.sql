-- Nobody sees the name missing: it is there again when the transaction ends.
ALTER TABLE public.office RENAME TO bureau; CREATE VIEW office AS SELECT * FROM bureau;
ALTER TABLE person RENAME TO person_old;
ALTER TABLE person_new RENAME TO person;
ALTER TABLE app."Büro" SET SCHEMA shop;
CREATE VIEW app."Büro" AS SELECT * FROM shop."Büro";
ALTER TYPE mood RENAME TO mood_old;
CREATE TYPE mood AS ENUM ('fine', 'better');
