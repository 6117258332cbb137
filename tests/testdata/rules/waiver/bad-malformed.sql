-- paliad:allow drop
-- paliad:allow drop:
-- paliad:allow : no rule
SELECT 'é'; -- paliad:alow drop: ü
DROP TABLE app.office;
--paliad:ignore drop: x
SELECT 1;
