-- nothing yet: é
/* SELECT 1; */
