using System.Text.Json;
using System.Text.Json.Serialization;
using AlphaFactory.Core.Provenance;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Drift;

/// <summary>
/// What counts as drift. A feature drifts when an effect size is over its limit <b>and</b> its test is significant
/// after Benjamini–Hochberg; a set drifts when a share of its judged features does.
/// </summary>
public sealed record DriftPolicy
{
    /// <summary>The name of the policy that ships inside.</summary>
    public const string DefaultName = "default";

    private static readonly JsonSerializerOptions Strict = new(StoreJson.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowTrailingCommas = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>The policy that ships inside.</summary>
    public static DriftPolicy Default { get; } = new();

    /// <summary>The policy's name.</summary>
    public string Name { get; init; } = DefaultName;

    /// <summary>The limit of the population stability index; null does not look at it.</summary>
    public double? Psi { get; init; } = 0.2;

    /// <summary>The limit of the Wasserstein distance, in reference deviations; null does not look at it.</summary>
    public double? Wasserstein { get; init; } = 0.1;

    /// <summary>The limit of the Jensen–Shannon distance, 0 to 1; null does not look at it.</summary>
    public double? JensenShannon { get; init; } = 0.1;

    /// <summary>The false-discovery rate of the tests, above 0 and up to 1.</summary>
    public double Significance { get; init; } = 0.05;

    /// <summary>The share of the judged features from which on the set drifts, above 0 and up to 1.</summary>
    public double DriftedShare { get; init; } = 0.3;

    /// <summary>The fewest values that reference and window must each have for a feature to be judged.</summary>
    public int MinimumValues { get; init; } = 30;

    /// <summary>The SHA-256 of the policy's canonical JSON.</summary>
    [JsonIgnore]
    public string Hash => ContentHash.OfText(JsonSerializer.Serialize(this, StoreJson.Options));

    /// <summary>Whether a text names the policy that ships inside, and not a file.</summary>
    public static bool IsDefault(string nameOrPath) =>
        string.Equals(nameOrPath, DefaultName, StringComparison.OrdinalIgnoreCase);

    /// <summary>Gives the policy of a name, or reads one from a JSON file.</summary>
    /// <param name="nameOrPath"><c>default</c>, or the path of a file; null is the default.</param>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.PathNotFound"/>, or <see cref="ErrorId.PolicyInvalid"/> with what is wrong and where.
    /// </exception>
    public static DriftPolicy Load(string? nameOrPath)
    {
        if (nameOrPath is null || IsDefault(nameOrPath))
        {
            return Default;
        }

        if (!File.Exists(nameOrPath))
        {
            throw new AlphaFactoryException(
                ErrorId.PathNotFound,
                $"There is no drift policy at '{nameOrPath}'. Give the path of a JSON file, or '{DefaultName}'."
            )
            {
                Target = nameOrPath,
            };
        }

        return Parse(File.ReadAllText(nameOrPath), nameOrPath);
    }

    /// <summary>Reads a policy; what it does not say is as in the default.</summary>
    /// <param name="json">The JSON text.</param>
    /// <param name="source">Where it comes from, for the message.</param>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.PolicyInvalid"/>.</exception>
    public static DriftPolicy Parse(string json, string source)
    {
        try
        {
            var policy =
                JsonSerializer.Deserialize<DriftPolicy>(json, Strict) ?? throw Invalid(source, "it is empty");
            return policy.Problem() is { } problem ? throw Invalid(source, problem) : policy;
        }
        catch (JsonException error)
        {
            var line = error.LineNumber is { } number ? $" (line {number + 1})" : "";
            throw Invalid(source, $"{error.Message.Split(" Path:")[0].TrimEnd('.')}{line}", error);
        }
    }

    private string? Problem() =>
        this switch
        {
            { Name: null or "" } => "'name' is empty",
            { Psi: not null and not (>= 0 and < double.PositiveInfinity) } => "'psi' must be 0 or more",
            { Wasserstein: not null and not (>= 0 and < double.PositiveInfinity) } =>
                "'wasserstein' must be 0 or more",
            { JensenShannon: not null and not (>= 0 and <= 1) } => "'jensenShannon' must be between 0 and 1",
            { Psi: null, Wasserstein: null, JensenShannon: null } => "it limits no effect size",
            { Significance: not (> 0 and <= 1) } => "'significance' must be above 0 and up to 1",
            { DriftedShare: not (> 0 and <= 1) } => "'driftedShare' must be above 0 and up to 1",
            { MinimumValues: < 2 } => "'minimumValues' must be 2 or more",
            _ => null,
        };

    private static AlphaFactoryException Invalid(string source, string problem, Exception? inner = null) =>
        new(
            ErrorId.PolicyInvalid,
            $"The drift policy '{source}' cannot be used: {problem}. It may have name, psi, wasserstein, "
                + "jensenShannon, significance, driftedShare and minimumValues.",
            inner
        )
        {
            Target = source,
        };
}
