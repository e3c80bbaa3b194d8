-- 40,000 payments of one agency, with what belongs to them; one in a thousand is unusual.
INSERT INTO dossier SELECT 'G14', 'G14-261120-' || n FROM generate_series(1, 40000) n;
INSERT INTO payment SELECT ('00000000-0000-0000-0001-' || lpad(n::text, 12, '0'))::uuid, 'G14', n,
    'P' || n % 5, gen_random_uuid(), 'I' || n % 3, 'R' || n, n * 10, 'VND', 'G14-261120-' || n,
    '2026-01-01 00:00Z'::timestamptz + n * interval '10 minutes', now(), 'presented', now(),
    CASE WHEN n % 1000 = 0 THEN 'disputed' ELSE 'paid' END, 0, 0 FROM generate_series(1, 40000) n;
INSERT INTO asked SELECT id, ('00000000-0000-0000-0002-' || right(id::text, 12))::uuid, 'G14', amount
    FROM payment;
INSERT INTO assessment SELECT asked.assessment, 'G14', position, dossier, '1', '', portal, 'online',
    ('00000000-0000-0000-0000-' || right(payment.id::text, 12))::uuid, '2026-01-01', NULL,
    initiated_at, 'VND', payment.amount, 0,
    CASE WHEN position % 1000 = 0 THEN 'open' ELSE 'paid' END, now(), '', position
    FROM payment JOIN asked ON asked.payment = payment.id;
INSERT INTO transfer SELECT gen_random_uuid(), 'G14', position, id, 'intermediary', intermediary,
    account, 'T' || position, reference, 'notification', amount, 'VND', initiated_at, '', 0,
    CASE WHEN position % 1000 = 2 THEN 1 ELSE 0 END, CASE WHEN position % 1000 = 1 THEN 1 ELSE 0 END,
    0, CASE WHEN position % 1000 = 3 THEN 1 ELSE 0 END, 0, 0, 0 FROM payment;
INSERT INTO refund SELECT gen_random_uuid(), 'G14', position, portal, '', '', 'intermediary', amount,
    'VND', '', NULL, reference, initiated_at, 0, CASE WHEN position % 1000 = 0 THEN 'requested'
    ELSE 'paid' END, now() FROM payment;
ANALYZE;
