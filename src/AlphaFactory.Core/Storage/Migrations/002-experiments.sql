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
    runs_hash       TEXT,
    time_from       INTEGER NOT NULL,
    time_to         INTEGER NOT NULL,
    seed            INTEGER NOT NULL,
    planned         INTEGER NOT NULL,
    periods_per_year REAL   NOT NULL,
    completed       INTEGER NOT NULL DEFAULT 0,
    rejected        INTEGER NOT NULL DEFAULT 0,
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
    UNIQUE (experiment_id, number)
) STRICT;

CREATE TABLE run_metric_names (
    id   INTEGER PRIMARY KEY,
    name TEXT    NOT NULL UNIQUE COLLATE NOCASE
) STRICT;

-- A value of NULL is a metric that is not a number.
CREATE TABLE run_metrics (
    run_id    INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    metric_id INTEGER NOT NULL REFERENCES run_metric_names (id),
    value     REAL,
    PRIMARY KEY (run_id, metric_id)
) STRICT, WITHOUT ROWID;
