-- What the bank is to credit or debit, and what it did lately, told a second time perhaps.
SELECT id, account, kind, keys, amount, done, currency, on_day, state
FROM captures.awaited
WHERE agency = %(agency)s AND (kind = 'batch' OR account IN (%(account)s, '00000000-0000-0000-0000-000000000000'))
  AND state IN ('open', 'done')
  AND (state = 'open' OR on_day > %(as_of)s::date - 100)
