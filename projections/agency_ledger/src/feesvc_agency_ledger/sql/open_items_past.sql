-- What was open, from the postings alone: an item is open since it last left zero.
WITH moved AS (
    SELECT p.agency, p.currency, p.account, p.position, p.number, p.amount, p.effective_on,
           p.intermediary,
           CASE kept.item WHEN 'assessment' THEN p.assessment WHEN 'transfer' THEN p.transfer
                          WHEN 'refund' THEN p.refund WHEN 'batch' THEN p.batch END AS item
      FROM unnest(%(accounts)s::smallint[], %(items)s::text[]) AS kept (account, item)
      JOIN posting p ON p.account = kept.account
     WHERE p.agency = ANY(%(agencies)s::text[])
       AND (%(currency)s::text IS NULL OR p.currency = %(currency)s::text)
       AND p.counted_on <= %(until)s AND p.position <= %(known)s
), summed AS (
    SELECT moved.*,
           sum(amount) OVER item_order AS held,
           sum(amount) OVER item_order - amount AS held_before
      FROM moved WHERE item IS NOT NULL
    WINDOW item_order AS (PARTITION BY agency, currency, account, item ORDER BY position, number)
), opened AS (
    SELECT DISTINCT ON (agency, currency, account, item)
           agency, currency, account, item, effective_on AS since, intermediary
      FROM summed WHERE held_before = 0
     ORDER BY agency, currency, account, item, position DESC, number DESC
), open AS (
    SELECT agency, currency, account, item, sum(amount)::bigint AS amount
      FROM summed GROUP BY agency, currency, account, item HAVING sum(amount) <> 0
), page AS (
    SELECT agency, currency, account, item, since, amount, intermediary
      FROM open JOIN opened USING (agency, currency, account, item)
     WHERE (account, since, item, agency, currency)
           > (%(at_account)s::smallint, %(at_since)s::date, %(at_item)s::uuid, %(at_agency)s::text,
              %(at_currency)s::text)
     ORDER BY account, since, item, agency, currency LIMIT %(limit)s
)
SELECT page.*, fee.dossier, fee.notice
  FROM page LEFT JOIN LATERAL (
    SELECT dossier, notice FROM fee_line WHERE assessment = page.item LIMIT 1) AS fee ON true
 ORDER BY page.account, page.since, page.item, page.agency, page.currency
