-- The check was added by an earlier migration; or it is here, with AND, quoted, and its table with or without schema.
ALTER TABLE office VALIDATE CONSTRAINT office_city_not_null;
ALTER TABLE public.office ALTER COLUMN city SET NOT NULL, DROP CONSTRAINT office_city_not_null;
