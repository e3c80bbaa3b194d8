COPY feesvc.event (log, position, stream, version, agency, topic, form, state, recorded_at, actor,
                   command, cause)
FROM STDIN (FORMAT BINARY)
