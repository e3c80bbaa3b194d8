-- Which of the projections is the ledger: it keeps postings.
SELECT schemaname AS ledger FROM pg_tables
WHERE tablename = 'posting' AND schemaname = ANY(%(projections)s)
