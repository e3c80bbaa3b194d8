INSERT INTO known_balance
       (agency, currency, booked_on, counted_on, account, item, debits, credits)
SELECT * FROM unnest(%s::text[], %s::text[], %s::date[], %s::date[], %s::smallint[], %s::text[],
                     %s::bigint[], %s::bigint[])
    ON CONFLICT (agency, currency, booked_on, counted_on, account, item) DO UPDATE
   SET debits = known_balance.debits + excluded.debits,
       credits = known_balance.credits + excluded.credits
