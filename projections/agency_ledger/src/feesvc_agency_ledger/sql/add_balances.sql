INSERT INTO balance (agency, currency, span, starts_on, account, debits, credits)
SELECT * FROM unnest(%s::text[], %s::text[], %s::"char"[], %s::date[], %s::smallint[],
                     %s::bigint[], %s::bigint[])
    ON CONFLICT (agency, span, starts_on, account, currency) DO UPDATE
   SET debits = balance.debits + excluded.debits, credits = balance.credits + excluded.credits
