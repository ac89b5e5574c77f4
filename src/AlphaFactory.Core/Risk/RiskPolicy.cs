using System.Text;
using System.Text.Json;
using AlphaFactory.Core.Provenance;

namespace AlphaFactory.Core.Risk;

/// <summary>What a policy says of one rule.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Enabled">Whether it is evaluated.</param>
/// <param name="Severity">What breaking it does: Warn or Deny. What cannot be evaluated denies either way.</param>
/// <param name="Limit">The limit, or null when the rule has none.</param>
public sealed record RiskPolicyRule(RiskRule Rule, bool Enabled, RiskOutcome Severity, double? Limit)
{
    /// <summary>The rule's code.</summary>
    public string Code => Rule.Code;

    /// <summary>The rule as a line: <c>FIT_DSR_LOW: &gt;= 0.95 probability, else Deny</c>.</summary>
    public override string ToString() =>
        !Enabled ? $"{Code}: off"
        : Limit is null ? $"{Code}: {Rule.Operator}, else {Severity}"
        : $"{Code}: {Rule.Operator} {RiskText.Number(Limit)} {Rule.Unit}, else {Severity}";
}

/// <summary>Where a parameter's values must lie, both ends included.</summary>
/// <param name="Parameter">The parameter's name; case does not count.</param>
/// <param name="Least">The smallest value; null is none.</param>
/// <param name="Most">The largest value; null is none.</param>
public sealed record ParameterRange(string Parameter, double? Least, double? Most)
{
    /// <summary>Whether a value lies in it; one that is no number does not.</summary>
    public bool Holds(double? value) =>
        value is { } number
        && number >= (Least ?? double.NegativeInfinity)
        && number <= (Most ?? double.PositiveInfinity);

    /// <summary>Writes <c>fast: 2 .. 50</c>.</summary>
    public override string ToString() =>
        $"{Parameter}: {(Least is null ? "" : RiskText.Number(Least))} .. {(Most is null ? "" : RiskText.Number(Most))}";
}

/// <summary>The limits of a policy by code, of the rules that are enabled and have one.</summary>
/// <param name="values">The limits, in the order of the catalogue.</param>
public sealed class RiskLimits(IEnumerable<KeyValuePair<string, double>> values)
    : NamedValues<double>(values);

/// <summary>
/// Which rules are evaluated, at which limits, and how severe each is. A rule that a policy does not name is as
/// the catalogue has it.
/// </summary>
public sealed class RiskPolicy
{
    /// <summary>The policy that is used when none is named.</summary>
    public const string DefaultName = "default";

    private readonly Dictionary<string, RiskPolicyRule> _rules;

    internal RiskPolicy(
        string name,
        string description,
        string source,
        IEnumerable<RiskPolicyRule> rules,
        IEnumerable<ParameterRange>? ranges = null
    )
    {
        Name = name;
        Description = description;
        Source = source;
        Rules = [.. rules];
        _rules = Rules.ToDictionary(rule => rule.Code, StringComparer.Ordinal);
        Limits = new RiskLimits(
            from rule in Rules
            where rule.Enabled && rule.Limit is not null
            select KeyValuePair.Create(rule.Code, rule.Limit!.Value)
        );
        Ranges = [.. ranges ?? []];
        Hash = ContentHash.OfText(Canonical(Rules, Ranges));
    }

    /// <summary>The policies that ship inside.</summary>
    public static IReadOnlyList<string> BuiltInNames { get; } =
        Array.AsReadOnly([DefaultName, "strict", "permissive"]);

    /// <summary>The JSON schema of policy files.</summary>
    public static string Schema => Resource("risk-policy.schema");

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>What it is for.</summary>
    public string Description { get; }

    /// <summary>The file that it was read from, or <c>built-in</c>.</summary>
    public string Source { get; }

    /// <summary>
    /// The SHA-256 of the canonical JSON of what it does: every rule of the catalogue by ordinal code with
    /// whether it is enabled, its limit and its severity, and the ranges of parameters. Name, layout, order and
    /// comments do not count.
    /// </summary>
    public string Hash { get; }

    /// <summary>Every rule of the catalogue, in its order, as this policy has it.</summary>
    public IReadOnlyList<RiskPolicyRule> Rules { get; }

    /// <summary>Where the values of parameters must lie (<c>PARAM_OUT_OF_RANGE</c>), in the order of the file.</summary>
    public IReadOnlyList<ParameterRange> Ranges { get; }

    /// <summary>How many rules are evaluated.</summary>
    public int EnabledCount => Rules.Count(rule => rule.Enabled);

    /// <summary>The limits by code.</summary>
    public RiskLimits Limits { get; }

    /// <summary>Reads a policy: one that ships inside, by name, or a file.</summary>
    /// <param name="nameOrPath">A name of <see cref="BuiltInNames"/> (without case) or the path of a JSON file; null is the default.</param>
    /// <param name="fullPath">Makes a full path of one as the user typed it; by default against the process's folder.</param>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.PolicyInvalid"/>: there is no such policy, or the file is wrong, and where;
    /// <see cref="ErrorId.PathNotFound"/>: there is no such file.
    /// </exception>
    public static RiskPolicy Load(string? nameOrPath, Func<string, string>? fullPath = null)
    {
        if (string.IsNullOrWhiteSpace(nameOrPath))
        {
            return BuiltIn(DefaultName);
        }

        var name = BuiltInNames.FirstOrDefault(known =>
            known.Equals(nameOrPath, StringComparison.OrdinalIgnoreCase)
        );
        return name is null
            ? RiskPolicyFile.Read(nameOrPath, (fullPath ?? Path.GetFullPath)(nameOrPath))
            : BuiltIn(name);
    }

    /// <summary>The limit of a rule, or null when it has none.</summary>
    /// <exception cref="KeyNotFoundException">There is no such rule.</exception>
    public double? Limit(string code) => _rules[code].Limit;

    /// <summary>What it says of a rule.</summary>
    /// <exception cref="KeyNotFoundException">There is no such rule.</exception>
    public RiskPolicyRule Rule(string code) => _rules[code];

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    internal static RiskPolicy BuiltIn(string name) =>
        RiskPolicyFile.Parse(Encoding.UTF8.GetBytes(Resource(name)), name, "built-in");

    private static string Canonical(IEnumerable<RiskPolicyRule> rules, IReadOnlyList<ParameterRange> ranges)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var rule in rules.OrderBy(rule => rule.Code, StringComparer.Ordinal))
            {
                json.WriteStartObject(rule.Code);
                json.WriteBoolean("enabled", rule.Enabled);
                WriteNumber(json, "limit", rule.Limit);
                json.WriteString("severity", rule.Severity.ToString());
                json.WriteEndObject();
            }

            foreach (
                var range in ranges.OrderBy(each => each.Parameter.ToUpperInvariant(), StringComparer.Ordinal)
            )
            {
                json.WriteStartObject("parameter " + range.Parameter.ToUpperInvariant());
                WriteNumber(json, "minimum", range.Least);
                WriteNumber(json, "maximum", range.Most);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            // Minus zero is zero.
            json.WriteNumber(name, number == 0 ? 0 : number);
        }
    }

    private static string Resource(string name)
    {
        var type = typeof(RiskPolicy);
        using var stream = type.Assembly.GetManifestResourceStream($"{type.Namespace}.Policies.{name}.json")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
