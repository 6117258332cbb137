-- DROP TABLE office;
SELECT 'DROP TABLE office';
COMMENT ON TABLE office IS 'do not DROP TABLE it';
