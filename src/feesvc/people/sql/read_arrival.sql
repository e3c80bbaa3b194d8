INSERT INTO feesvc.inbox_read (arrival, reason, actor) VALUES (%(arrival)s, %(reason)s, %(actor)s)
