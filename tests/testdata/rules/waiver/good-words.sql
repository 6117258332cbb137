-- Waivers are written as `paliad:allow drop: why`, says the manual.
SELECT '-- paliad:allow drop: x', $$
-- paliad:allow drip: in a string
$$; /* paliad:allow drip: in a block */
COMMENT ON TABLE app.office IS 'paliad:allow';
