-- Pass 3: the same key with something else about it: a break that is linked, and no match.
WITH linked AS (
    SELECT item.line, item.identity, item.kind, item.gross, item.currency, item.statement, capture.id,
        capture.kind AS of_kind, capture.amount, capture.currency AS of_currency, capture.state,
        1 AS rank
    FROM item
    JOIN captures.capture ON capture.account = %(account)s
        AND capture.transaction = item.transaction
    WHERE item.transaction <> ''
    UNION ALL
    SELECT item.line, item.identity, item.kind, item.gross, item.currency, item.statement, capture.id,
        capture.kind, capture.amount, capture.currency, capture.state, 2
    FROM item
    JOIN captures.capture ON capture.account = %(account)s AND capture.reference = item.reference
    WHERE item.reference <> ''
    UNION ALL
    SELECT item.line, item.identity, item.kind, item.gross, item.currency, item.statement, capture.id,
        capture.kind, capture.amount, capture.currency, capture.state, 3
    FROM item
    JOIN captures.capture ON capture.account = %(account)s AND capture.original <> ''
        AND capture.original
            = CASE item.original WHEN '' THEN item.transaction ELSE item.original END
    WHERE item.kind <> 'payment'
      -- What another line explained, or nobody approved yet, is no other amount of this one: it is
      -- one that nobody asked for.
      AND (capture.amount = item.gross OR capture.state = 'open'
           AND NOT EXISTS (SELECT FROM pair WHERE pair.capture = capture.id)
           AND NOT EXISTS (
                SELECT FROM feesvc.match_pair AS taken
                WHERE taken.capture = capture.id AND taken.active
           ))
), told AS (
    SELECT DISTINCT ON (linked.line) linked.*, matched.statement AS before,
        other.active IS NOT NULL AS taken
    FROM linked
    LEFT JOIN feesvc.match_pair AS other ON other.capture = linked.id AND other.active
    LEFT JOIN feesvc.match_member AS mine ON mine."group" = other."group" AND mine.side = 'B'
    LEFT JOIN feesvc.line AS matched ON matched.id = coalesce(other.line, mine.line)
    WHERE linked.kind = linked.of_kind OR linked.rank < 3
    ORDER BY linked.line, linked.kind <> linked.of_kind, linked.rank,
        linked.currency <> linked.of_currency, linked.amount <> linked.gross,
        linked.state <> 'open', abs(linked.amount - linked.gross), linked.id
)
INSERT INTO break
SELECT line, identity, gross, currency,
    CASE
        WHEN kind <> of_kind OR currency <> of_currency OR sign(gross) <> sign(amount) THEN
            CASE kind WHEN 'payment' THEN 'S05' ELSE %(unknown)s::jsonb ->> kind END
        WHEN amount <> gross THEN
            CASE kind
                WHEN 'payment' THEN 'S04' WHEN 'refund' THEN 'S12'
                ELSE %(unknown)s::jsonb ->> kind
            END
        WHEN state = 'settled' OR taken THEN CASE WHEN statement = before THEN 'S07' ELSE 'S08' END
        WHEN state = 'asked' THEN 'S11'
        ELSE 'S06'
    END,
    ARRAY[id]
FROM told
WHERE kind IN ('payment', 'refund', 'refund_reversal', 'dispute', 'dispute_reversal')
