CREATE TABLE feature_sets (
    id              INTEGER PRIMARY KEY,
    name            TEXT    NOT NULL COLLATE NOCASE,
    version         INTEGER NOT NULL,
    rows            INTEGER NOT NULL,
    entities        INTEGER NOT NULL,
    time_from       INTEGER,
    time_to         INTEGER,
    content_hash    TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    UNIQUE (name, version)
) STRICT;
