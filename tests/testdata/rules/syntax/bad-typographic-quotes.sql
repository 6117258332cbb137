INSERT INTO app.office VALUES (1, ‘Büro’ x);
