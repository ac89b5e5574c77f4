namespace AlphaFactory.Core.Risk;

/// <summary>
/// Every rule that there is, in the order in which they are evaluated. A rule that does not apply to a target
/// observes nothing; one that applies but lacks what it needs observes null, which is indeterminate.
/// </summary>
public static class RiskCatalogue
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<RiskRule> Rules { get; } =
        Array.AsReadOnly<RiskRule>([.. RulesBeforeRun.All, .. RulesOnTheWay.All, .. RulesOfResults.All]);

    private static readonly Dictionary<string, (int Place, RiskRule Rule)> ByCode = Rules
        .Index()
        .ToDictionary(each => each.Item.Code, StringComparer.Ordinal);

    /// <summary>The rule of a code, or null.</summary>
    public static RiskRule? Find(string code) => ByCode.GetValueOrDefault(code).Rule;

    /// <summary>The place of a rule in the catalogue, from 0.</summary>
    internal static int PlaceOf(string code) => ByCode[code].Place;

    /// <summary>The rule of a code, without case.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.PolicyInvalid"/>: there is no such rule.</exception>
    public static RiskRule Require(string code) =>
        Find(code.ToUpperInvariant())
        ?? throw new AlphaFactoryException(
            ErrorId.PolicyInvalid,
            $"There is no risk rule '{code}'.{Nearest.Hint(code, ByCode.Keys)} Get-RiskRule lists them all."
        )
        {
            Target = code,
        };
}
