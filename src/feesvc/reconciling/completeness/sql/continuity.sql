-- Statements of the period that do not roll forward, or do not begin where the one before ended.
WITH ordered AS (
    SELECT s.*, lag(closing) OVER account_order AS before
      FROM feesvc.statement s
     WHERE s.agency = %(agency)s AND s.state = 'accepted' AND s.source <> 'settlement'
       AND s.ends_on <= %(last)s
    WINDOW account_order AS (PARTITION BY account, currency ORDER BY ends_on, sequence, ordinal)
)
SELECT account, currency, identity,
       CASE WHEN opening + net <> closing THEN 'does not add up to its closing'
            ELSE 'does not begin where the one before ended' END AS why
  FROM ordered
 WHERE ends_on >= %(first)s AND (opening + net <> closing OR opening <> before)
 ORDER BY account, currency, ends_on, sequence
