-- One row for each call: what ran on what, and the count of its trials, which stays true whatever else is removed.
CREATE TABLE experiments (
    id              INTEGER PRIMARY KEY,
    key             TEXT    NOT NULL UNIQUE,
    name            TEXT    NOT NULL COLLATE NOCASE,
    status          TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    feature_set     TEXT    NOT NULL COLLATE NOCASE,
    feature_version INTEGER NOT NULL,
    code_hash       TEXT    NOT NULL,
    data_hash       TEXT    NOT NULL,
    policy_hash     TEXT    NOT NULL,
    spec_hash       TEXT    NOT NULL,
    -- The SHA-256 of all that the results depend on: a call that was cut short is resumed by the same.
    inputs_hash     TEXT    NOT NULL,
    -- The metrics of its runs in their order, joined by ','.
    metric_names    TEXT    NOT NULL,
    runs_hash       TEXT,
    time_from       INTEGER NOT NULL,
    time_to         INTEGER NOT NULL,
    seed            INTEGER NOT NULL,
    planned         INTEGER NOT NULL,
    periods_per_year REAL   NOT NULL,
    completed       INTEGER NOT NULL DEFAULT 0,
    rejected        INTEGER NOT NULL DEFAULT 0,
    -- How many of these runs were removed since.
    removed         INTEGER NOT NULL DEFAULT 0,
    -- Of the Sharpe ratios per period, not annualised, of the trials that have one.
    sharpe_count    INTEGER NOT NULL DEFAULT 0,
    sharpe_sum      REAL    NOT NULL DEFAULT 0,
    sharpe_squares  REAL    NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX experiments_by_name ON experiments (name, id);

CREATE TABLE runs (
    id            INTEGER PRIMARY KEY,
    experiment_id INTEGER NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
    number        INTEGER NOT NULL,
    status        TEXT    NOT NULL,
    codes         TEXT    NOT NULL,
    parameters    TEXT    NOT NULL,
    duration      INTEGER NOT NULL,
    -- The SHA-256 of the returns, to tell whether they come out again to the bit.
    equity_hash   TEXT,
    -- A little-endian double for each of the experiment's metric names; NULL when it was rejected.
    metrics       BLOB,
    UNIQUE (experiment_id, number)
) STRICT;

-- The metrics of runs once more, by columns, so that the best of a million are found by reading little: a row for
-- each metric of a batch of runs with numbers in a row. Data has a little-endian double a run, NaN where there is
-- none; lowest and highest are over those that are not NaN.
CREATE TABLE run_columns (
    experiment_id INTEGER NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
    place         INTEGER NOT NULL,
    first         INTEGER NOT NULL,
    lowest        REAL,
    highest       REAL,
    data          BLOB    NOT NULL
) STRICT;

CREATE UNIQUE INDEX run_columns_by_place ON run_columns (experiment_id, place, first, lowest, highest);
