-- Cases of an agency by whatever is asked, the most money at risk first, or the newest.
-- business and calendar are the first days of the age buckets, the oldest first, as of a day.
SELECT found.*,
    (SELECT count(*) FROM case_row AS like_it
     WHERE like_it.agency = found.agency AND like_it.code = found.code
       AND like_it.intermediary = found.intermediary AND found.intermediary <> ''
       AND like_it.opened_at > found.opened_at - interval '30 days'
       AND like_it.opened_at <= found.opened_at) AS repeats
FROM (
    SELECT *,
        (opened_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS opened_on,
        CASE WHEN state = 'closed' THEN (state_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
             ELSE %(day)s::date END AS until,
        state <> 'closed' AND due_on < %(day)s::date AS overdue
    FROM case_row
    WHERE agency = %(agency)s
) AS found
WHERE (%(state)s::text IS NULL OR state = %(state)s
       OR (%(state)s = 'not_closed' AND state <> 'closed'))
  AND (%(code)s::text IS NULL OR code = %(code)s)
  AND (%(leg)s::text IS NULL OR starts_with(code, %(leg)s))
  AND (%(codes)s::text[] IS NULL OR code = ANY (%(codes)s))
  AND (%(subject)s::uuid IS NULL OR subject = %(subject)s)
  AND (%(assignee)s::uuid IS NULL OR assignee = %(assignee)s)
  AND (%(overdue)s::boolean IS NULL OR overdue = %(overdue)s)
  AND (%(currency)s::text IS NULL OR currency = %(currency)s)
  AND (%(least)s::bigint IS NULL OR at_risk >= %(least)s)
  AND (%(min_days)s::integer IS NULL OR opened_on <= %(day)s::date - %(min_days)s)
  AND (%(bucket)s::integer IS NULL OR %(bucket)s = 5 - width_bucket(
          opened_on,
          CASE WHEN code = ANY (%(in_business_days)s) THEN %(business)s::date[]
               ELSE %(calendar)s::date[] END
      ))
  AND (%(before)s::bigint IS NULL
       OR (%(by_money)s AND (at_risk, position) < (%(below)s::bigint, %(before)s))
       OR (NOT %(by_money)s AND position < %(before)s))
ORDER BY CASE WHEN %(by_money)s THEN at_risk END DESC, position DESC
LIMIT %(rows)s
