-- Büro
/* a /* nested */ comment */ SELECT 1; -- after
