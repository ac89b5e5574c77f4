using System.Globalization;
using System.Text;
using AlphaFactory.Core.Expressions;

namespace AlphaFactory.Core.Tests.Expressions;

/// <summary>
/// docs/expressions.md and Get-Help about_AlphaExpression are made from the table of operators. With
/// ALPHAFACTORY_WRITE_DOCS=1 in the environment the test writes them; without, it holds them to the table.
/// </summary>
public sealed class ExpressionHelpTests
{
    private const string Start =
        "<!-- operators: made from the table in src/AlphaFactory.Core/Expressions/Operators.cs -->";
    private const string End = "<!-- end of operators -->";

    private static readonly (string Title, Func<Operator, bool> Has)[] Groups =
    [
        ("Symbols", each => each.Notation != Notation.Function),
        ("Element by element", each => each.Notation == Notation.Function && each.IsElementwise),
        ("Over time", each => each.Notation == Notation.Function && !each.IsElementwise && !IsAcross(each)),
        ("Across entities", IsAcross),
    ];

    [Fact]
    public void The_page_says_what_the_table_says()
    {
        var page = new StringBuilder();
        foreach (var (title, has) in Groups)
        {
            page.Append("### ")
                .Append(title)
                .Append("\n\n| operator | is | reads | is missing |\n|---|---|---|---|\n");
            foreach (var each in Operators.All.Where(has))
            {
                page.Append(
                    CultureInfo.InvariantCulture,
                    $"| {Code(each)} | {Cell(each.Help)} | {each.Reads} | {each.Missing} |\n"
                );
            }

            page.Append('\n');
        }

        var file = Repository.File("docs", "expressions.md");
        var text = File.ReadAllText(file);
        var (start, end) = (
            text.IndexOf(Start, StringComparison.Ordinal) + Start.Length,
            text.IndexOf(End, StringComparison.Ordinal)
        );
        Repository.HoldsPage(file, $"{text[..start]}\n\n{page.ToString().TrimEnd()}\n\n{text[end..]}");
    }

    [Fact]
    public void The_help_topic_says_what_the_table_says()
    {
        var topic = new StringBuilder();
        foreach (var (title, has) in Groups)
        {
            topic.Append("  ").Append(title).Append("\n\n");
            foreach (var each in Operators.All.Where(has))
            {
                topic.Append("    ").Append(each.Signature);
                topic.Append(
                    each.Aliases.Count > 0 ? $"   (also {string.Join(", ", each.Aliases)})\n" : "\n"
                );
                topic.Append("        ").Append(each.Help).Append(".\n");
                topic
                    .Append("        Reads ")
                    .Append(each.Reads)
                    .Append(". Missing ")
                    .Append(each.Missing)
                    .Append(".\n\n");
            }
        }

        const string Before = "OPERATORS\n\n";
        const string After = "MISSING VALUES";
        var file = Repository.File("en-US", "about_AlphaExpression.help.txt");
        var text = File.ReadAllText(file);
        var (start, end) = (
            text.IndexOf(Before, StringComparison.Ordinal) + Before.Length,
            text.IndexOf(After, StringComparison.Ordinal)
        );
        Repository.HoldsPage(file, $"{text[..start]}{topic}{text[end..]}");
    }

    [Fact]
    public void Every_operator_is_in_one_group() =>
        Assert.All(Operators.All, each => Assert.Single(Groups, group => group.Has(each)));

    private static bool IsAcross(Operator each) =>
        each is { Notation: Notation.Function, IsElementwise: false, BarsBack: 0 }
        && each.Arguments.All(argument => argument.Kind is ArgumentKind.Series or ArgumentKind.Number);

    private static string Code(Operator each) =>
        string.Join(", ", each.Aliases.Prepend(each.Signature).Select(text => $"`{Cell(text)}`"));

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
