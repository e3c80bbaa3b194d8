-- The work tables of one run over settlement lines, gone with its transaction.
CREATE TEMP TABLE item (
    line bigint NOT NULL, identity text NOT NULL, kind text NOT NULL, transaction text NOT NULL,
    reference text NOT NULL, original text NOT NULL, gross bigint NOT NULL, net bigint NOT NULL,
    currency text NOT NULL, day date NOT NULL, value_on date NOT NULL, statement uuid NOT NULL,
    batch text NOT NULL, number integer NOT NULL
) ON COMMIT DROP;
CREATE TEMP TABLE candidate (
    line bigint NOT NULL, capture uuid NOT NULL, day date NOT NULL, other_day date NOT NULL,
    identity text NOT NULL, gross bigint NOT NULL, currency text NOT NULL
) ON COMMIT DROP;
CREATE TEMP TABLE pair (
    line bigint NOT NULL, capture uuid NOT NULL, day date NOT NULL, other_day date NOT NULL,
    identity text NOT NULL, gross bigint NOT NULL, currency text NOT NULL, pass text NOT NULL,
    how text NOT NULL, lost text[] NOT NULL
) ON COMMIT DROP;
CREATE TEMP TABLE break (
    line bigint NOT NULL, identity text NOT NULL, gross bigint NOT NULL, currency text NOT NULL,
    code text NOT NULL, candidates uuid[] NOT NULL
) ON COMMIT DROP;
