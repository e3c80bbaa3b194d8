-- A statement of its own, after the tombstone: it must see what a writer committed meanwhile.
WITH unlocked AS (
    DELETE FROM feesvc.person_key WHERE subject = %(subject)s
), unindexed AS (
    DELETE FROM feesvc.person_index WHERE subject = %(subject)s
)
DELETE FROM feesvc.person_detail WHERE subject = %(subject)s
