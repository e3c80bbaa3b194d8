-- Sums grow by what the batch adds; a settlement, once known, stays.
UPDATE transfer SET
    on_lines = transfer.on_lines + change.on_lines,
    credit = transfer.credit + change.credit,
    suspense = transfer.suspense + change.suspense,
    paying = transfer.paying + change.paying,
    disputed = transfer.disputed + change.disputed,
    lost = transfer.lost + change.lost,
    reversed = transfer.reversed + change.reversed,
    disclaimed = transfer.disclaimed + change.disclaimed,
    batch = coalesce(change.batch, transfer.batch),
    amount = transfer.amount + change.amount
FROM unnest(
    %s::uuid[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
    %s::bigint[], %s::bigint[], %s::text[], %s::bigint[]
) AS change (
    id, on_lines, credit, suspense, paying, disputed, lost, reversed, disclaimed, batch,
    amount
)
WHERE transfer.id = change.id
