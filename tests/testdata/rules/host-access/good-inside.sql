CREATE TABLE public.office (id bigint, copy text);
COPY public.office TO STDOUT;
COPY (SELECT copy FROM public.office) TO STDOUT;
SELECT substring(copy FROM '^a') FROM public.office;
SELECT app.pg_read_file('x'), pg_get_functiondef(1), lo_create(0), dblink_build_sql_insert('t', '1', 1, '{}', '{}');
INSERT INTO public.office VALUES (1, 'see pg_read_file(''x'') and COPY t FROM ''/x''');
REVOKE EXECUTE ON FUNCTION pg_read_file(text) FROM PUBLIC;
CREATE TABLE dblink (pg_read_file int); SELECT pg_read_file FROM dblink;
