using System.Diagnostics;
using System.Globalization;

namespace AlphaFactory.Benchmarks;

/// <summary>How the same alphas may be laid out in SQLite; hand-written SQL is tried over each.</summary>
internal enum Schema
{
    /// <summary>The module's own tables.</summary>
    Registry,

    /// <summary>A row an alpha with a column a metric, an index each; tags and parameters in tables by text.</summary>
    Wide,

    /// <summary>As MLflow has it: a row a metric and a tag, keyed by alpha and name, with an index by value.</summary>
    Eav,

    /// <summary>A JSON document an alpha, with generated columns and indexes for the metrics, and a table of tags.</summary>
    Json,
}

/// <summary>Makes the other layouts from the registry, each in a file of its own.</summary>
internal static class Schemas
{
    private static readonly string Metrics = string.Join(", ", GeneratedAlpha.MetricNames);

    /// <summary>The database of a layout; made at first.</summary>
    public static string Database(Schema schema, string store)
    {
        if (schema == Schema.Registry)
        {
            return GeneratedStore.Database(store);
        }

        var file = $"{store}-{schema}.db";
        if (!File.Exists(file + ".done"))
        {
            Make(schema, store, file);
            File.WriteAllText(file + ".done", "");
        }

        return file;
    }

    /// <summary>Reads an alpha whole; what comes before depends on the layout.</summary>
    public static string Rows(Schema schema, string ids) =>
        schema switch
        {
            Schema.Registry =>
                "SELECT name, version, stage, created_at, tags, parameters, author, run_id, feature_set, "
                    + "feature_version, code_hash, data_hash, description, git_commit, git_dirty, module_version, user, machine, "
                    + $"metric_values FROM ({ids}) p CROSS JOIN alphas a ON a.id = p.id",
            Schema.Wide =>
                "SELECT name, version, stage, created_at, tags, parameters, author, run_id, feature_set, "
                    + $"feature_version, code_hash, data_hash, description, git_commit, git_dirty, module_version, user, machine, {Metrics} "
                    + $"FROM ({ids}) p CROSS JOIN alphas a ON a.id = p.id",
            Schema.Eav =>
                "SELECT name, version, stage, created_at, tags, parameters, author, run_id, feature_set, "
                    + "feature_version, code_hash, data_hash, description, git_commit, git_dirty, module_version, user, machine, "
                    + "(SELECT json_group_array(value) FROM metrics WHERE alpha_id = a.id) "
                    + $"FROM ({ids}) p CROSS JOIN alphas a ON a.id = p.id",
            _ => $"SELECT doc FROM ({ids}) p CROSS JOIN alphas a ON a.id = p.id",
        };

    private static void Make(Schema schema, string store, string file)
    {
        var time = Stopwatch.StartNew();
        File.Delete(file);
        using (var connection = GeneratedStore.Open(file))
        {
            GeneratedStore.Execute(
                connection,
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; "
                    + $"ATTACH '{GeneratedStore.Database(store)}' AS registry"
            );
            GeneratedStore.Execute(connection, Script(schema));
            GeneratedStore.Execute(connection, "ANALYZE main; PRAGMA journal_mode = WAL");
        }

        Report.Line(
            $"Laid out as {schema} in {time.Elapsed.TotalSeconds:F0} s ({new FileInfo(file).Length / 1e6:F0} MB)."
        );
    }

    private static string Script(Schema schema)
    {
        const string Details =
            "tags, parameters, author, run_id, feature_set, feature_version, code_hash, data_hash, description, git_commit, git_dirty, module_version, user, machine";
        const string Columns =
            "id INTEGER PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL, latest INTEGER NOT NULL, "
            + "stage INTEGER NOT NULL, created_at INTEGER NOT NULL";
        const string DetailColumns =
            "tags TEXT, parameters TEXT, author TEXT, run_id TEXT, feature_set TEXT, feature_version INTEGER, "
            + "code_hash TEXT, data_hash TEXT, description TEXT, git_commit TEXT, git_dirty INTEGER, module_version TEXT, "
            + "user TEXT, machine TEXT";
        const string Tags = """
            CREATE TABLE tags (tag TEXT NOT NULL, alpha_id INTEGER NOT NULL, PRIMARY KEY (tag, alpha_id)) WITHOUT ROWID;
            INSERT INTO tags SELECT tag, alpha_id FROM registry.alpha_tags JOIN registry.tags ON id = tag_id ORDER BY 1, 2;
            """;
        const string Parameters = """
            CREATE TABLE parameters (name TEXT NOT NULL, value ANY, alpha_id INTEGER NOT NULL,
                PRIMARY KEY (name, value, alpha_id)) STRICT, WITHOUT ROWID;
            INSERT INTO parameters SELECT name, lower(value), alpha_id FROM registry.alpha_parameters
                JOIN registry.parameters ON id = parameter_id WHERE kind = 2 ORDER BY 1, 2, 3;
            INSERT INTO parameters SELECT name, value, alpha_id FROM registry.alpha_parameters
                JOIN registry.parameters ON id = parameter_id WHERE kind = 1 ORDER BY 1, 2, 3;
            """;
        var values = string.Join(", ", GeneratedAlpha.MetricNames.Select(Value));
        return schema switch
        {
            Schema.Wide =>
                $"""
                CREATE TABLE alphas ({Columns}, {string.Join(
                    ", ",
                    GeneratedAlpha.MetricNames.Select(name => name + " REAL")
                )}, {DetailColumns});
                INSERT INTO alphas SELECT a.id, a.name, version, latest, stage, created_at, {values}, {Details}
                    FROM registry.alphas a;
                {string.Join(
                    "\n",
                    GeneratedAlpha.MetricNames.Select(name =>
                        $"CREATE INDEX alphas_{name} ON alphas ({name});"
                    )
                )}
                CREATE INDEX alphas_name ON alphas (name, version);
                CREATE INDEX alphas_created ON alphas (created_at);
                CREATE INDEX alphas_latest ON alphas (id) WHERE latest = 1;
                {Tags}{Parameters}
                """,
            Schema.Eav => $"""
                CREATE TABLE alphas ({Columns}, {DetailColumns});
                INSERT INTO alphas SELECT a.id, a.name, version, latest, stage, created_at, {Details}
                    FROM registry.alphas a;
                CREATE TABLE metrics (alpha_id INTEGER NOT NULL, name TEXT NOT NULL, value REAL, PRIMARY KEY (alpha_id, name)) WITHOUT ROWID;
                INSERT INTO metrics SELECT alpha_id, m.name, value FROM registry.alphas a
                    CROSS JOIN registry.metrics m CROSS JOIN registry.alpha_metrics v ON metric_id = m.id AND alpha_id = a.id ORDER BY 1, 2;
                CREATE INDEX metrics_value ON metrics (name, value);
                CREATE INDEX alphas_name ON alphas (name, version);
                {Tags}{Parameters}
                """,
            _ =>
                $"""
                CREATE TABLE alphas (id INTEGER PRIMARY KEY, doc TEXT NOT NULL,
                    name TEXT AS (doc ->> 'name'), latest INTEGER AS (doc ->> 'latest'), stage INTEGER AS (doc ->> 'stage'),
                    created_at INTEGER AS (doc ->> 'created_at'), {string.Join(
                    ", ",
                    GeneratedAlpha.MetricNames.Select(name => $"{name} REAL AS (doc ->> '$.metrics.{name}')")
                )});
                INSERT INTO alphas (id, doc) SELECT a.id, json_object('name', a.name, 'version', version, 'latest', latest, 'stage', stage,
                    'created_at', created_at, 'metrics', json_object({string.Join(
                    ", ",
                    GeneratedAlpha.MetricNames.Select(name => $"'{name}', {Value(name)}")
                )}), 'tags', tags, 'parameters', json(parameters), 'author', author, 'run_id', run_id,
                    'feature_set', feature_set, 'feature_version', feature_version, 'code_hash', code_hash,
                    'data_hash', data_hash, 'description', description, 'git_commit', git_commit, 'git_dirty', git_dirty,
                    'module_version', module_version, 'user', user, 'machine', machine)
                    FROM registry.alphas a;
                {string.Join(
                    "\n",
                    GeneratedAlpha.MetricNames.Select(name =>
                        $"CREATE INDEX alphas_{name} ON alphas ({name});"
                    )
                )}
                CREATE INDEX alphas_name ON alphas (name);
                CREATE INDEX alphas_latest ON alphas (id) WHERE latest = 1;
                {Tags}{Parameters}
                """,
        };
    }

    private static string Value(string metric) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"(SELECT value FROM registry.alpha_metrics WHERE alpha_id = a.id AND metric_id = (SELECT id FROM registry.metrics WHERE name = '{metric}'))"
        );
}
