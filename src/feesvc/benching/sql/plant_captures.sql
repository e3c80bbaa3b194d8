-- Open captures of one account: transaction and reference by their number, over thirty days.
INSERT INTO captures.capture (
    id, agency, account, kind, transfer, transaction, reference, original, amount, currency,
    occurred_at, state, position
)
SELECT md5('capture ' || n)::uuid, %(agency)s, %(account)s, 'payment', md5('capture ' || n)::uuid,
    'T' || lpad(n::text, 12, '0'), 'FV' || lpad((n * 7919)::text, 14, '0'), '',
    50000 + n %% 8 * 1000, 'VND', %(at)s - n * 30 / %(count)s * interval '1 day', 'open', n
FROM generate_series(0::bigint, %(count)s - 1) AS numbers (n)
