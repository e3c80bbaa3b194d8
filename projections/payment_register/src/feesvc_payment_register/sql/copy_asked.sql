COPY asked (payment, assessment, agency, amount) FROM STDIN
