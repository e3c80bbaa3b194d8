COPY stored_events (originator_id, originator_version, topic, state) FROM STDIN (FORMAT BINARY)
