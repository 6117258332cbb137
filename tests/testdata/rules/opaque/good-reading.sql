-- paliad:no-transaction
SET standard_conforming_strings = on; SET client_encoding = 'UTF8'; SET NAMES 'utf-8';
SELECT set_config('search_path', 'app', false); SET work_mem = '1GB'; RESET client_encoding;
