-- Each has a rule of its own, or running code does not name it.
DROP INDEX office_city; DROP POLICY p ON office; DROP TRIGGER audit ON "Büro"; DROP RULE r ON office;
DROP CAST (text AS int); DROP OPERATOR + (int, int); DROP STATISTICS s; DROP PUBLICATION p; DROP EVENT TRIGGER e;
ALTER DOMAIN code DROP CONSTRAINT c; ALTER TABLE office DROP CONSTRAINT office_city_check;
