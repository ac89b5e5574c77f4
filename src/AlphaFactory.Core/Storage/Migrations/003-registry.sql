-- The newest version number that a name was given: no number is given twice while the name lives.
CREATE TABLE alpha_names (
    name            TEXT    NOT NULL COLLATE NOCASE PRIMARY KEY,
    last_version    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Which metrics an alpha has, in its order and spelling, joined by ','. Most alphas share a few sets.
CREATE TABLE metric_sets (
    id              INTEGER PRIMARY KEY,
    names           TEXT    NOT NULL UNIQUE
) STRICT;

-- metric_values holds a little-endian double for each name of the metric set; tags are joined by ';'; parameters are
-- JSON. What searches scan is in alphas_by_id too, whose rows are narrow.
CREATE TABLE alphas (
    id              INTEGER PRIMARY KEY,
    name            TEXT    NOT NULL COLLATE NOCASE,
    version         INTEGER NOT NULL,
    latest          INTEGER NOT NULL,
    stage           INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    metric_set      INTEGER NOT NULL REFERENCES metric_sets (id),
    metric_values   BLOB    NOT NULL,
    tags            TEXT    NOT NULL,
    parameters      TEXT    NOT NULL,
    author          TEXT    NOT NULL,
    run_id          TEXT,
    feature_set     TEXT,
    feature_version INTEGER,
    code_hash       TEXT,
    data_hash       TEXT,
    seed            INTEGER,
    git_commit      TEXT,
    git_dirty       INTEGER,
    module_version  TEXT,
    user            TEXT,
    machine         TEXT,
    description     TEXT    NOT NULL
) STRICT;
CREATE INDEX alphas_by_id ON alphas (id, name, version, latest, stage, created_at, metric_set);
CREATE UNIQUE INDEX alphas_by_name ON alphas (name, version);
CREATE INDEX alphas_by_created ON alphas (created_at);
CREATE INDEX alphas_by_metric_set ON alphas (metric_set);
CREATE INDEX alphas_latest ON alphas (id) WHERE latest = 1;

-- What an alpha comes from is looked for by its hash or id, in whatever case that was written.
CREATE INDEX alphas_by_run_id ON alphas (run_id COLLATE NOCASE) WHERE run_id IS NOT NULL;
CREATE INDEX alphas_by_code_hash ON alphas (code_hash COLLATE NOCASE) WHERE code_hash IS NOT NULL;
CREATE INDEX alphas_by_data_hash ON alphas (data_hash COLLATE NOCASE) WHERE data_hash IS NOT NULL;
CREATE INDEX alphas_by_git_commit ON alphas (git_commit COLLATE NOCASE) WHERE git_commit IS NOT NULL;

-- The search tables. In id order within a metric, tag or parameter, so that a page by id needs no sort;
-- in value order by the index. A NaN is NULL here.
CREATE TABLE metrics (
    id              INTEGER PRIMARY KEY,
    name            TEXT    NOT NULL UNIQUE COLLATE NOCASE
) STRICT;
CREATE TABLE alpha_metrics (
    metric_id       INTEGER NOT NULL,
    alpha_id        INTEGER NOT NULL,
    value           REAL,
    PRIMARY KEY (metric_id, alpha_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX alpha_metrics_by_value ON alpha_metrics (metric_id, value);

-- key is the tag in invariant upper case: tags are compared without case in every script.
CREATE TABLE tags (
    id              INTEGER PRIMARY KEY,
    key             TEXT    NOT NULL UNIQUE,
    tag             TEXT    NOT NULL
) STRICT;
CREATE TABLE alpha_tags (
    tag_id          INTEGER NOT NULL,
    alpha_id        INTEGER NOT NULL,
    PRIMARY KEY (tag_id, alpha_id)
) STRICT, WITHOUT ROWID;

-- kind: 1 number, 2 text (in invariant upper case), 3 true or false, 4 time in microseconds.
CREATE TABLE parameters (
    id              INTEGER PRIMARY KEY,
    key             TEXT    NOT NULL UNIQUE,
    name            TEXT    NOT NULL
) STRICT;
CREATE TABLE alpha_parameters (
    parameter_id    INTEGER NOT NULL,
    alpha_id        INTEGER NOT NULL,
    kind            INTEGER NOT NULL,
    value           ANY,
    PRIMARY KEY (parameter_id, alpha_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX alpha_parameters_by_value ON alpha_parameters (parameter_id, kind, value);

-- Who changed what, when and why. Rows stay when what they are about is removed.
CREATE TABLE audit_log (
    id              INTEGER PRIMARY KEY,
    at              INTEGER NOT NULL,
    who             TEXT    NOT NULL,
    action          TEXT    NOT NULL,
    name            TEXT    NOT NULL COLLATE NOCASE,
    version         INTEGER,
    detail          TEXT    NOT NULL,
    reason          TEXT
) STRICT;
CREATE INDEX audit_log_by_name ON audit_log (name, version);
