-- Two first starts with two different keys must not both succeed.
LOCK TABLE feesvc.master_key IN SHARE ROW EXCLUSIVE MODE
