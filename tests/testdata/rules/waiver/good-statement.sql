-- The fax is gone.
-- paliad:allow drop: not read since release 41
-- see #812
ALTER TABLE app.office DROP COLUMN fax;
--   paliad:allow   drop :  with   spaces
DROP TABLE "Büro";
