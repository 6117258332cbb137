-- Überschrift
-- paliad:allow drip: a word too many
-- paliad:allow drop, data-los: two rules, one of them unknown
DROP TABLE app.office;
