COPY allocated (allocation, assessment, line, currency, amount, retained) FROM STDIN
