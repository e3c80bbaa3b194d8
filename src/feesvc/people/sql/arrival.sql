SELECT id, account, intermediary, received_at, verdict, method, size, message, envelope, keys,
       outcomes
FROM feesvc.inbox
WHERE id = %(id)s AND account = %(account)s
