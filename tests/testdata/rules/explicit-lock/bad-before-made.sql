LOCK TABLE app.office; CREATE TABLE app.office (id int); LOCK TABLE other.office;
