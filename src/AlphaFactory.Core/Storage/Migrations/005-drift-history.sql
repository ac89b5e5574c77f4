-- One report for each version, as-of time and settings: the same again replaces it.
CREATE TABLE drift_reports (
    id              INTEGER PRIMARY KEY,
    feature_set     TEXT    NOT NULL COLLATE NOCASE,
    version         INTEGER NOT NULL,
    as_of           INTEGER NOT NULL,
    settings_hash   TEXT    NOT NULL,
    window          INTEGER NOT NULL,
    reference_from  INTEGER NOT NULL,
    reference_to    INTEGER NOT NULL,
    drifted         INTEGER NOT NULL,
    policy_name     TEXT    NOT NULL,
    policy_hash     TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    UNIQUE (feature_set, version, as_of, settings_hash)
) STRICT;

CREATE TABLE drift_features (
    report_id           INTEGER NOT NULL REFERENCES drift_reports (id) ON DELETE CASCADE,
    position            INTEGER NOT NULL,
    feature             TEXT    NOT NULL,
    kind                TEXT    NOT NULL,
    judged              INTEGER NOT NULL,
    drifted             INTEGER NOT NULL,
    reason              TEXT    NOT NULL,
    psi                 REAL,
    ks                  REAL,
    ks_p_value          REAL,
    wasserstein         REAL,
    jensen_shannon      REAL,
    chi2_p_value        REAL,
    adjusted_p_value    REAL,
    mean_shift          REAL,
    deviation_shift     REAL,
    missing_shift       REAL    NOT NULL,
    out_of_range_share  REAL,
    unseen_share        REAL,
    reference_count     INTEGER NOT NULL,
    current_count       INTEGER NOT NULL,
    PRIMARY KEY (report_id, position)
) STRICT;
