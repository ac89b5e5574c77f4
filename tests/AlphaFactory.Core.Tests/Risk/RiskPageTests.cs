using System.Globalization;
using System.Text;
using AlphaFactory.Core.Risk;

namespace AlphaFactory.Core.Tests.Risk;

/// <summary>
/// The table of docs/risk.md is made from the catalogue and the policies that ship inside. With
/// ALPHAFACTORY_WRITE_DOCS=1 in the environment the test writes it; without, it holds the page to them.
/// </summary>
public sealed class RiskPageTests
{
    private const string Start =
        "<!-- rules: made from the catalogue in src/AlphaFactory.Core/Risk and the policies beside it -->";
    private const string End = "<!-- end of rules -->";

    [Fact]
    public void The_page_says_what_the_catalogue_says()
    {
        var policies = RiskPolicy.BuiltInNames.Select(name => RiskPolicy.Load(name)).ToArray();
        var table = new StringBuilder();
        table.Append("| code | passes when it | ").AppendJoin(" | ", policies.Select(policy => policy.Name));
        table.Append(" | when it does not |\n|---|---|---|---|---|---|\n");
        foreach (var rule in RiskCatalogue.Rules)
        {
            table.Append(
                CultureInfo.InvariantCulture,
                $"| `{rule.Code}` | {Passes(rule)} | {string.Join(" | ", policies.Select(policy => Cell(policy.Rule(rule.Code))))} | {rule.Remedy.Replace("|", "\\|", StringComparison.Ordinal)} |\n"
            );
        }

        var file = Repository.File("docs", "risk.md");
        var text = File.ReadAllText(file);
        var (start, end) = (
            text.IndexOf(Start, StringComparison.Ordinal) + Start.Length,
            text.IndexOf(End, StringComparison.Ordinal)
        );
        Repository.HoldsPage(file, $"{text[..start]}\n\n{table}\n{text[end..]}");
    }

    private static string Passes(RiskRule rule) =>
        rule.Limit is null ? rule.Operator : $"is {Sign(rule.Operator)} the limit ({rule.Unit})";

    private static string Sign(string comparison) =>
        comparison switch
        {
            "<=" => "≤",
            ">=" => "≥",
            _ => comparison,
        };

    private static string Cell(RiskPolicyRule rule)
    {
        var limit = rule.Limit is { } value ? RiskText.Number(value) : "denies";
        return !rule.Enabled ? "off"
            : rule.Severity == RiskOutcome.Deny ? limit
            : rule.Limit is null ? "W"
            : limit + " W";
    }
}
