-- Pairs of an agency are listed by their state, in the order of their ids; without a state each of
-- the three is asked. A run's pairs stand together in it, so that it grows at its ends.

CREATE INDEX match_pair_listed ON feesvc.match_pair (agency, state, id) WHERE "group" IS NULL;
CREATE INDEX match_group_listed ON feesvc.match_group (agency, id);
