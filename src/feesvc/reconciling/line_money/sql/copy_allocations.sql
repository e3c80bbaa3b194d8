COPY allocation (id, agency, position, until, made_at, maker, totals) FROM STDIN
