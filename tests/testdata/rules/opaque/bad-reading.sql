-- paliad:no-transaction
SELECT 'é'; SET standard_conforming_strings = off; SELECT 'a\', '; DROP TABLE app.office; --';
SET NAMES 'SJIS'; SELECT 1, (SELECT set_config('client_encoding', 'BIG5', false)); SET standard_conforming_strings TO DEFAULT;
