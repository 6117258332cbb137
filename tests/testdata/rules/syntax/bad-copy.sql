CREATE TABLE office (id int); COPY public.office (id) FROM stdin;
1
\.
