CREATE TABLE feature_sets (
    id              INTEGER PRIMARY KEY,
    name            TEXT    NOT NULL COLLATE NOCASE,
    version         INTEGER NOT NULL CHECK (version > 0),
    rows            INTEGER NOT NULL,
    entities        INTEGER NOT NULL,
    time_from       INTEGER,
    time_to         INTEGER,
    time_column     TEXT    NOT NULL,
    entity_column   TEXT,
    columns         TEXT    NOT NULL,
    content_hash    TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    known_column    TEXT,
    quarantined     INTEGER NOT NULL DEFAULT 0,
    UNIQUE (name, version)
) STRICT;

-- The newest version of a name when versions of it were removed: a number is never given twice.
CREATE TABLE removed_feature_sets (
    name            TEXT    PRIMARY KEY COLLATE NOCASE,
    last_version    INTEGER NOT NULL
) STRICT;
