CREATE SERVER "Archive" FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'archive.example.com');
CREATE USER MAPPING FOR app SERVER "Archive" OPTIONS (user 'app', password 'x'); ALTER SERVER files OPTIONS (SET host 'x');
ALTER USER MAPPING FOR app SERVER files OPTIONS (SET password 'y');
CREATE FOREIGN DATA WRAPPER w HANDLER h;
IMPORT FOREIGN SCHEMA public LIMIT TO (office) FROM SERVER "Archive" INTO archive;
CREATE FOREIGN TABLE app.log (line text) SERVER files OPTIONS (format 'csv', program 'dmesg');
ALTER FOREIGN TABLE app.log OPTIONS (SET filename '/var/log/messages');
