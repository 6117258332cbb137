-- paliad:allow drop, types: the application is switched off
-- Überschrift

CREATE TABLE app.new (id bigint, data json);
DROP TABLE app.office; SELECT 'é'; DROP TABLE app.city;
