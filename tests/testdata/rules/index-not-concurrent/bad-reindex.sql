REINDEX INDEX public.office_city; REINDEX (VERBOSE) TABLE "Büro"; REINDEX (CONCURRENTLY false) INDEX office_name;
