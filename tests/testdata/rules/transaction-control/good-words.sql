-- BEGIN; COMMIT;
SELECT 'COMMIT; é'; COMMENT ON TABLE office IS $$ROLLBACK;$$;
CREATE TABLE "commit" (begin int, "end" int);
