COPY payment_list (
    id, agency, position, reference, refunds, total, currency, execute_on, maker, drawn_at
) FROM STDIN
