ALTER DOMAIN app.code ADD CONSTRAINT "Länge" CHECK (length(value) = 3); ALTER DOMAIN code ADD CHECK (value <> '');
ALTER DOMAIN "Code" SET NOT NULL;
