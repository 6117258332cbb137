CREATE TABLE line (office bigint, nr int, PRIMARY KEY (office, nr)); CREATE TABLE country (id smallint PRIMARY KEY);
CREATE TABLE detail (office int PRIMARY KEY REFERENCES public.office); CREATE TABLE extra (office int PRIMARY KEY, note text, FOREIGN KEY (office) REFERENCES public.office (id));
CREATE TABLE later (office int NOT NULL); ALTER TABLE later ADD PRIMARY KEY (office); ALTER TABLE later ADD FOREIGN KEY (office) REFERENCES public.office;
ALTER TABLE old ADD CONSTRAINT pk PRIMARY KEY (id); ALTER TABLE old2 ADD PRIMARY KEY USING INDEX old2_id;
CREATE TABLE p1 PARTITION OF p (id PRIMARY KEY) FOR VALUES IN (1); CREATE TABLE typed OF app.thing (PRIMARY KEY (id));
CREATE TABLE wide (id int PRIMARY KEY); ALTER TABLE wide ALTER COLUMN id TYPE bigint;
