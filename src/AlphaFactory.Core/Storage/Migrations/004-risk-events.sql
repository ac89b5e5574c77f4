CREATE TABLE risk_events (
    id              INTEGER PRIMARY KEY,
    created_at      INTEGER NOT NULL,
    target          TEXT    NOT NULL,
    code            TEXT    NOT NULL,
    severity        TEXT    NOT NULL,
    observed        REAL,
    limit_value     REAL,
    operator        TEXT    NOT NULL,
    unit            TEXT    NOT NULL,
    scope           TEXT    NOT NULL,
    message         TEXT    NOT NULL,
    remedy          TEXT    NOT NULL,
    policy_name     TEXT    NOT NULL,
    policy_hash     TEXT    NOT NULL,
    source          TEXT    NOT NULL
) STRICT;

CREATE INDEX risk_events_by_time ON risk_events (created_at);
