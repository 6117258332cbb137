-- Übergröße before the place does not move it.
SELECT 'é'; COPY public.office TO PROGRAM 'cat > /dev/null'; COPY (SELECT 1) TO '/tmp/office';
COPY /* from a file */ "Büro" (id,
  city) FROM '/tmp/office' WITH (FORMAT csv);
copy office from program 'curl https://example.com/office' where id > 1;
LOAD 'auto_explain';
