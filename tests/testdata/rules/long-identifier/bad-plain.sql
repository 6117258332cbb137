-- nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnx is in a comment
CREATE TABLE app.nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn (id bigint, office_and_city_and_country_and_postal_code_and_street_and_house_number text);
SELECT 'é', id FROM app.NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN; CREATE INDEX i_nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn ON app.office (id);
ALTER TABLE app.office ADD CONSTRAINT /* why so long */ office_must_have_a_city_or_a_postal_code_or_at_least_a_country_code CHECK (id > 0);
