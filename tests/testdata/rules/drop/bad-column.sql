CREATE TABLE city (id bigint);
ALTER TABLE office
  ADD COLUMN phone text, -- kept
  DROP COLUMN /* fax machines */ fax;
