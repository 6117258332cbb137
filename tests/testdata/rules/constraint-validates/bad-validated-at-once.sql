-- One transaction: the lock of the first statement lasts until the end.
ALTER TABLE public.office ADD CONSTRAINT size CHECK (size > 0) NOT VALID;
SELECT 'é'; ALTER TABLE public.office VALIDATE CONSTRAINT size;
ALTER TABLE city ADD CONSTRAINT c CHECK (a > 0) NOT VALID; ALTER TABLE app.city VALIDATE CONSTRAINT c;
ALTER TABLE a.street ADD CONSTRAINT c CHECK (a > 0) NOT VALID; ALTER TABLE b.street VALIDATE CONSTRAINT c; ALTER TABLE street VALIDATE CONSTRAINT c;
