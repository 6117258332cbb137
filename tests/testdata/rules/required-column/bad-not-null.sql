SELECT 'Büro'; ALTER TABLE public.office ADD COLUMN city text NOT NULL, ADD COLUMN size int;
ALTER TABLE ONLY "Büro"
  ADD /* é */ "Größe" int
    CHECK ("Größe" > 0) NOT NULL;
