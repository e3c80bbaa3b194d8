-- Cases of an agency by whatever is asked, newest first, with their age in calendar days.
SELECT *,
    (coalesce(CASE WHEN state = 'closed' THEN state_at END, now())
        AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
        - (opened_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS age_days,
    state <> 'closed' AND due_on < (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS overdue
FROM case_row
WHERE agency = %(agency)s
  AND (%(before)s::bigint IS NULL OR position < %(before)s)
  AND (%(state)s::text IS NULL OR state = %(state)s
       OR (%(state)s = 'not_closed' AND state <> 'closed'))
  AND (%(code)s::text IS NULL OR code = %(code)s)
  AND (%(subject)s::uuid IS NULL OR subject = %(subject)s)
  AND (%(assignee)s::uuid IS NULL OR assignee = %(assignee)s)
  AND (%(overdue)s::boolean IS NULL
       OR %(overdue)s = (state <> 'closed'
                         AND due_on < (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date))
  AND (%(currency)s::text IS NULL OR currency = %(currency)s)
  AND (%(least)s::bigint IS NULL OR at_risk >= %(least)s)
  AND (%(min_days)s::integer IS NULL
       OR opened_at < ((now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date - %(min_days)s + 1)
                      ::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh')
ORDER BY position DESC
LIMIT %(rows)s
