SELECT 'it''s; é', E'a\';b', U&'d\0061t', $x$ ; $$ ; $x$, "select" FROM "Büro"; /* ; /* ; */ ' */ SELECT 1 -- ;
;
