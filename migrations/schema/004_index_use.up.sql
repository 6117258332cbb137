-- Looking up an entry by its place costs the same in a ledger of any size, and reads the index alone for its hash.

-- A session plans the look-ups of `append`, and of the foreign key that fires within it, once. Where that is in a new
-- ledger, as in the run that makes it, the table has one page, and reading it whole is the cheapest plan: it was kept
-- while the run added thousands of entries. With this no page that an index leads to costs anything, so that the index
-- is taken from the first entry on. Not `enable_seqscan = off`: what has no index would seem so dear that PostgreSQL
-- compiles it first.
ALTER FUNCTION paliad_ledger.append(bytea, bytea) SET random_page_cost = 0;

-- Roots and proofs read hashes in the order of seq, and nothing else of a row.
ALTER TABLE paliad_ledger.entry
  DROP CONSTRAINT entry_prev_fkey,
  DROP CONSTRAINT entry_pkey,
  ADD CONSTRAINT entry_pkey PRIMARY KEY (seq) INCLUDE (leaf_hash),
  ADD CONSTRAINT entry_prev_fkey FOREIGN KEY (prev) REFERENCES paliad_ledger.entry (seq);
