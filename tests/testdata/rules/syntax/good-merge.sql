MERGE INTO office USING city ON office.city = city.id WHEN MATCHED THEN UPDATE SET name = city.name;
CREATE UNIQUE INDEX ON office (name) NULLS NOT DISTINCT; -- what came with 15
