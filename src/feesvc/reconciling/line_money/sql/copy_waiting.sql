COPY waiting (assessment, line, banked_on, agency, kind, currency, amount) FROM STDIN
