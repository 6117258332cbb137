CREATE TABLE public.office (id bigint);
SELECT 'é'; DO $$ BEGIN DROP TABLE public.office; END $$; DO LANGUAGE plpgsql /* why? */ 'BEGIN NULL; END';
DO $x$
BEGIN
  EXECUTE 'DROP TABLE ' || quote_ident('Büro');
END $x$;
