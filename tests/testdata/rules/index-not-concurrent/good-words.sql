-- CREATE INDEX i ON office (city);
COMMENT ON INDEX office_city IS 'CREATE INDEX office_city ON office (city)';
ALTER INDEX office_city RENAME TO office_by_city;
ALTER TABLE office CLUSTER ON office_by_city;
SELECT $$DROP INDEX office_city$$;
