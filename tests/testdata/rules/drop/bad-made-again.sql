-- A table's rows do not come back, CASCADE takes more than is made again, and another overload replaces nothing.
DROP TABLE office; CREATE TABLE office (id int);
DROP VIEW offices CASCADE; CREATE VIEW offices AS SELECT 1 AS id;
DROP FUNCTION f(int); CREATE FUNCTION f(text) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE VIEW early AS SELECT 1 AS id; DROP VIEW other.early;
CREATE TEMP TABLE person AS SELECT 1 AS id; DROP TABLE public.person;
