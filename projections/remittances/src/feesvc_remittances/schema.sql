-- What was collected for the State budget and what was passed on, by fee item and budget codes.
-- Amounts are minor units. Movements are only added, so that any past position can be asked.

CREATE TABLE fee_line (
    assessment uuid NOT NULL,
    line       smallint NOT NULL,
    kind       text NOT NULL,
    item       text NOT NULL,
    name_vi    text NOT NULL,
    codes      jsonb NOT NULL,
    PRIMARY KEY (assessment, line)
);
COMMENT ON COLUMN fee_line.codes IS 'as the schedule named them when the assessment was raised';

CREATE TABLE movement (
    position  bigint NOT NULL,
    number    smallint NOT NULL,
    agency    text NOT NULL,
    currency  text NOT NULL,
    day       date NOT NULL,
    kind      text NOT NULL,
    item      text NOT NULL,
    name_vi   text NOT NULL,
    codes     jsonb NOT NULL,
    collected bigint NOT NULL,
    returned  bigint NOT NULL,
    retained  bigint NOT NULL,
    budget    bigint NOT NULL,
    remitted  bigint NOT NULL,
    debited   bigint NOT NULL,
    confirmed bigint NOT NULL,
    PRIMARY KEY (position, number)
);
COMMENT ON COLUMN movement.retained IS 'allocated to the agency, less what was given back of it';
COMMENT ON COLUMN movement.budget IS 'allocated to the State budget, less what was given back of it';
COMMENT ON COLUMN movement.remitted IS 'of that, approved to be paid; debited and confirmed follow it';
CREATE INDEX movement_by_day ON movement (agency, day);

CREATE TABLE remittance (
    id        uuid PRIMARY KEY,
    agency    text NOT NULL,
    currency  text NOT NULL,
    position  bigint NOT NULL,
    reference text NOT NULL,
    amount    bigint NOT NULL,
    set_off   bigint NOT NULL,
    execute_on date NOT NULL,
    entries   jsonb NOT NULL,
    state     text NOT NULL,
    state_on  date NOT NULL,
    proof     text NOT NULL,
    agrees    boolean
);
COMMENT ON COLUMN remittance.amount IS 'of its shares; set_off of it is claims, paid before';
COMMENT ON COLUMN remittance.proof IS 'the number of the State Treasury, or empty';
CREATE INDEX remittance_newest ON remittance (agency, position);
