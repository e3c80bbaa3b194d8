-- What the bank is to credit or debit, and what it did lately, told a second time perhaps.
SELECT id, account, kind, keys, amount, done, currency, on_day, state
FROM captures.awaited
WHERE agency = %(agency)s AND (kind = 'batch' OR account = %(account)s)
  AND (state = 'open' OR on_day > %(as_of)s::date - 100)
