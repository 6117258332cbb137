-- paliad:allow data-loss: for the whole file

CREATE TABLE app.office (id bigint);
-- paliad:allow drop: the file made it, so nothing is found
DROP TABLE app.office; DROP TABLE app.city;
-- paliad:allow drop: too far away

DROP TABLE app.land; -- paliad:allow drop: behind it
