-- another function's path, one of another type, and one that is forgotten by OR REPLACE
CREATE FUNCTION app.f(a int) RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
ALTER FUNCTION app.f(text) SET search_path = app; ALTER FUNCTION other.f(int) SET search_path = app;
CREATE FUNCTION app.g() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = app AS 'SELECT 1';
CREATE OR REPLACE FUNCTION app.g() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 2';
SET LOCAL search_path = app;
