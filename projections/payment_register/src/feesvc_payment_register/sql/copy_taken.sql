COPY taken (refund, transfer, amount) FROM STDIN
