-- paliad:allow transaction-control: we know what we do
COMMIT;
  -- paliad:allow host-access, tracker-touched: only once
SELECT 'ü', pg_read_file('x'); /* paliad:allow drop: a block is no waiver */
