SELECT 'é', $body$ SELECT 1; $Body$;
