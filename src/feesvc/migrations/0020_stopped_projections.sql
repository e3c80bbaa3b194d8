-- Why a projection stopped, for whoever watches: empty while it runs.

ALTER TABLE feesvc.projection ADD COLUMN stopped text NOT NULL DEFAULT '';
