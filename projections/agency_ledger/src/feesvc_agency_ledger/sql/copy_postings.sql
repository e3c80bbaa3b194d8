COPY posting (position, number, agency, currency, account, amount, rule, rules, booked_on,
              effective_on, counted_on, item, assessment, line, transfer, payment, refund, intermediary,
              batch)
FROM STDIN
