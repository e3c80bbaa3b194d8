COPY unit (agency, effective_on, position, parent) FROM STDIN
