using System.Globalization;
using System.Text;
using System.Text.Json;
using AlphaFactory.Core.Filtering;
using AlphaFactory.Core.Storage;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Registry;

/// <summary>
/// Turns conditions into SQL over one row source. Every value is bound; the only text that goes in is written
/// here.
/// </summary>
internal sealed class SearchSql
{
    // SQLite joins up to 64 tables.
    private const int MostJoined = 32;

    private readonly SearchNames _names;
    private readonly List<object> _values = [];
    private readonly StringBuilder _where = new();
    private readonly StringBuilder _joins = new();
    private readonly Dictionary<long, string> _metrics = [];
    private bool _needsAlpha;

    /// <summary>Starts from a row source that has the alpha's id.</summary>
    /// <param name="names">The ids of metrics, tags and parameters.</param>
    /// <param name="source">What goes after FROM.</param>
    public SearchSql(SearchNames names, RowSource source)
    {
        _names = names;
        Source = source;
    }

    /// <summary>Where the rows come from.</summary>
    public RowSource Source { get; }

    // Bound, not written: SQLite folds a constant, and then cannot use the index that it is told to.
    private string Never => Bind(0L);

    private string Always => Bind(1L);

    /// <summary>The expression that is the alpha's id.</summary>
    public string Id => Source.Id;

    /// <summary>A column that searches scan; one that the source does not have is joined.</summary>
    public string Alpha(string column)
    {
        if (Source.Columns.Contains(column, StringComparer.Ordinal))
        {
            return "d." + column;
        }

        _needsAlpha = true;
        return "a." + column;
    }

    /// <summary>What is made of an alpha's other columns.</summary>
    public string Detail(string expression) => $"(SELECT {expression} FROM alphas WHERE id = {Id})";

    /// <summary>A parameter of the statement.</summary>
    public string Bind(object value)
    {
        _values.Add(value);
        return "$" + _values.Count.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The value of a metric that the alpha must have; NULL when it is not a number.</summary>
    public string MetricValue(long metric)
    {
        if (!_metrics.TryGetValue(metric, out var table))
        {
            table = string.Create(CultureInfo.InvariantCulture, $"m{_metrics.Count}");
            _metrics.Add(metric, table);
            _joins.Append(
                CultureInfo.InvariantCulture,
                $" CROSS JOIN alpha_metrics {table} ON {table}.metric_id = {Bind(metric)} AND {table}.alpha_id = {Id}"
            );
        }

        // '+' keeps SQLite from the index by value.
        return $"+{table}.value";
    }

    /// <summary>That the name begins so. Names are ASCII, and DEL comes after all that a name may have.</summary>
    public string NameBegins(string prefix) =>
        $"({Alpha("name")} >= {Bind(prefix)} AND {Alpha("name")} < {Bind(prefix + '\u007F')})";

    /// <summary>Requires a condition.</summary>
    public SearchSql Where(Condition condition) =>
        // To join a row takes a sixth less than to ask for it in a condition.
        condition is Condition.MetricIs metric
        && _metrics.Count < MostJoined
        && _names.Metric(metric.Name) is { } id
            ? Where(Compare(MetricValue(id), metric.Operator, metric.Value))
            : Where(Sql(condition));

    /// <summary>Requires what a text of SQL says.</summary>
    public SearchSql Where(string sql)
    {
        _where.Append(_where.Length == 0 ? " WHERE " : " AND ").Append(sql);
        return this;
    }

    /// <summary>The statement: what to select, from what, and what comes after the conditions.</summary>
    public SqliteCommand Command(SqliteConnection connection, string select, string tail = "")
    {
        var alphas = _needsAlpha ? $" CROSS JOIN alphas a INDEXED BY alphas_by_id ON a.id = {Id}" : "";
        return connection.Command(
            $"SELECT {select} FROM {Source.From}{alphas}{_joins}{_where}{tail}",
            [.. _values]
        );
    }

    internal static string Symbol(Comparison comparison) =>
        comparison switch
        {
            Comparison.Equal => "=",
            Comparison.Less => "<",
            Comparison.LessOrEqual => "<=",
            Comparison.Greater => ">",
            _ => ">=",
        };

    // Each is 0 or 1, never NULL, so that NOT means what it says.
    private string Sql(Condition condition) =>
        condition switch
        {
            Condition.All all => all.Terms.Count == 0 ? Always : Joined([.. all.Terms.Select(Sql)], "AND"),
            Condition.Any any => any.Terms.Count == 0 ? Never : Joined([.. any.Terms.Select(Sql)], "OR"),
            Condition.Not not => $"NOT ({Sql(not.Term)})",
            Condition.TagIn tags => HasTag(_names.Tags(tags.Keys)),
            Condition.TagLike like => HasTag(_names.Tags(like.Pattern)),
            Condition.NoTag => $"{Detail("tags")} = ''",
            Condition.MetricIs metric => Metric(metric),
            Condition.MetricIn metric => _names.Metric(metric.Name) is { } id
                ? $"ifnull({ValueOf(id)} IN ({List(metric.Values.Cast<object>())}), 0)"
                : Never,
            Condition.NoMetric missing => _names.Metric(missing.Name) is { } id
                ? $"{ValueOf(id)} IS NULL"
                : Always,
            Condition.ParameterIs parameter => Parameter(parameter),
            Condition.ParameterIn parameter => _names.Parameter(parameter.Name) is { } id
                ? HasParameter(id, parameter.Kind, $"value IN ({List(parameter.Values)})")
                : Never,
            Condition.ParameterLike like => _names.Parameter(like.Name) is { } id
                ? HasParameter(id, ParameterKind.Text, Like("value", like.Pattern))
                : Never,
            Condition.NoParameter missing => _names.Parameter(missing.Name) is { } id
                ? $"(SELECT value FROM alpha_parameters WHERE parameter_id = {Bind(id)} AND alpha_id = {Id}) IS NULL"
                : Always,
            Condition.NameIs name => Name(name.Patterns),
            Condition.IsOneOf one => IsOneOf(one.Alphas),
            Condition.NameCompares name => Compare(Alpha("name"), name.Operator, name.Name),
            Condition.VersionIs version => Compare(Alpha("version"), version.Operator, version.Value),
            Condition.VersionIn version => In(Alpha("version"), version.Versions),
            Condition.IsLatest => $"{Alpha("latest")} = 1",
            Condition.StageIs stage =>
                $"{Alpha("stage")} IN ({List(stage.Stages.Select(each => (object)(long)each))})",
            Condition.CreatedIs created => Compare(Alpha("created_at"), created.Operator, created.Time),
            Condition.TextIs { Operator: Comparison.Equal } text => TextIn(text.Column, [text.Key]),
            Condition.TextIs text =>
                $"ifnull({Compare($"{SearchFunctions.TextKey}({Detail(text.Column)})", text.Operator, text.Key)}, 0)",
            Condition.TextIn text => TextIn(text.Column, text.Keys),
            Condition.TextLike like => $"ifnull({Detail(Like(like.Column, like.Pattern))}, 0)",
            Condition.NumberIs number =>
                $"ifnull({Compare(Detail(number.Column), number.Operator, number.Value)}, 0)",
            Condition.NumberIn number => $"ifnull({Detail(number.Column)} IN ({List(number.Values)}), 0)",
            Condition.NoDetail missing => $"ifnull({Detail(missing.Column)}, '') = ''",
            Condition.MetricSetIs set =>
                $"{Alpha("metric_set")} IN ({List(set.Ids.Select(id => (object)id))})",
            _ => throw new NotSupportedException(condition.GetType().Name),
        };

    // In halves: SQLite bounds the depth of an expression, and a chain is as deep as it is long.
    private static string Joined(ReadOnlySpan<string> terms, string word) =>
        terms.Length == 1
            ? terms[0]
            : $"({Joined(terms[..(terms.Length / 2)], word)} {word} {Joined(terms[(terms.Length / 2)..], word)})";

    private string TextIn(string column, IReadOnlyList<string> keys)
    {
        var key = keys.All(TextKey.IsPlain)
            ? $"{column} COLLATE NOCASE"
            : $"{SearchFunctions.TextKey}({column})";
        return $"ifnull({Detail($"{key} IN ({List(keys)})")}, 0)";
    }

    // SQLite, which folds ASCII only, matches a text that is all ASCII in half of the time of a call of ours.
    private string Like(string text, WildcardPattern pattern)
    {
        var matches = $"{SearchFunctions.Matches}({text}, {Bind(pattern.Text)})";
        return pattern.ToLike() is { Length: <= WildcardPattern.Longest } like
            ? $"CASE WHEN octet_length({text}) > length({text}) THEN {matches} ELSE {Like(text, like)} END"
            : matches;
    }

    private string List(IEnumerable<object> values) => string.Join(", ", values.Select(Bind));

    private string Compare(string left, Comparison comparison, object right) =>
        $"{left} {Symbol(comparison)} {Bind(right)}";

    private string HasTag(IReadOnlyList<long> tags) =>
        tags.Count == 0
            ? Never
            : $"EXISTS (SELECT 1 FROM alpha_tags WHERE tag_id IN ({List(tags.Select(id => (object)id))}) AND alpha_id = {Id})";

    private string ValueOf(long metric) =>
        $"(SELECT value FROM alpha_metrics WHERE metric_id = {Bind(metric)} AND alpha_id = {Id})";

    private string Metric(Condition.MetricIs metric) =>
        _names.Metric(metric.Name) is { } id
            ? $"ifnull({Compare(ValueOf(id), metric.Operator, metric.Value)}, 0)"
            : Never;

    private string Parameter(Condition.ParameterIs parameter) =>
        parameter.Value is { } value && _names.Parameter(parameter.Name) is { } id
            ? HasParameter(id, parameter.Kind, Compare("value", parameter.Operator, value))
            : Never;

    private string HasParameter(long parameter, ParameterKind kind, string test) =>
        $"EXISTS (SELECT 1 FROM alpha_parameters WHERE parameter_id = {Bind(parameter)} AND alpha_id = {Id} "
        + $"AND kind = {Bind((long)kind)} AND {test})";

    private string Name(IReadOnlyList<WildcardPattern> patterns)
    {
        List<string> exact =
        [
            .. patterns.Where(pattern => pattern.IsExact).Select(pattern => pattern.Prefix),
        ];
        var tests = patterns.Where(pattern => !pattern.IsExact).Select(NameMatches).ToList();
        if (exact.Count > 0)
        {
            tests.Add(In(Alpha("name"), exact));
        }

        return Joined([.. tests], "OR");
    }

    private string IsOneOf(IReadOnlyList<(string Name, int Version)> alphas)
    {
        var wanted = JsonSerializer.Serialize(
            alphas.Select(alpha => new object[] { alpha.Name, alpha.Version })
        );
        return $"{Id} IN (SELECT x.id FROM json_each({Bind(wanted)}) w CROSS JOIN alphas x INDEXED BY alphas_by_name "
            + "ON x.name = w.value ->> 0 AND x.version = w.value ->> 1)";
    }

    // LIKE folds case on the way, where GLOB needs a copy of each name; to compare a beginning costs a little less.
    private string NameMatches(WildcardPattern pattern) =>
        pattern.IsPrefix && pattern.Prefix.Length > 0 ? NameBegins(pattern.Prefix)
        : pattern.ToLike() is { Length: <= WildcardPattern.Longest } like ? Like(Alpha("name"), like)
        : pattern.ToNameGlob() is { } glob ? $"lower({Alpha("name")}) GLOB {Bind(glob)}"
        : Never;

    // '+' keeps SQLite from preparing the statement again to see whether an index has the pattern's beginning.
    private string Like(string text, string pattern) =>
        $"+{text} LIKE {Bind(pattern)} ESCAPE '{WildcardPattern.LikeEscape}'";

    // One parameter however many values there are: SQLite bounds both parameters and the depth of expressions.
    private string In<T>(string left, IReadOnlyList<T> values) =>
        values.Count == 1
            ? $"{left} = {Bind(values[0]!)}"
            : $"{left} IN (SELECT value FROM json_each({Bind(JsonSerializer.Serialize(values))}))";
}

/// <summary>A place where rows come from, in a natural order.</summary>
/// <param name="From">What goes after FROM; the table is <c>d</c>.</param>
/// <param name="Id">The column that is the alpha's id.</param>
/// <param name="Columns">What else of an alpha the rows have.</param>
internal sealed record RowSource(string From, string Id, params IReadOnlyList<string> Columns)
{
    /// <summary>The alphas in the order of an index, which has some of their columns.</summary>
    public static RowSource Alphas(string index, params IReadOnlyList<string> columns) =>
        new($"alphas d INDEXED BY {index}", "d.id", columns);
}
