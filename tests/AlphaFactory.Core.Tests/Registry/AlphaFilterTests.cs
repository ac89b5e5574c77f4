using AlphaFactory.Core.Filtering;
using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Tests.Filtering;
using CsCheck;

namespace AlphaFactory.Core.Tests.Registry;

public sealed class AlphaFilterTests
{
    [Fact]
    public void Any_filter_reads_back_as_it_was_written() =>
        AlphaTopics.Sentences.Sample(
            sentence =>
            {
                var read = AlphaFilter.Parse(sentence.Text).Root;
                var again = AlphaFilter.Parse(read.ToString()).Root;

                Assert.Equal(Describe(read), Describe(again));
                Assert.Equal(read.ToString(), again.ToString());
            },
            iter: 3000,
            threads: 1
        );

    [Fact]
    public void Any_part_of_a_filter_is_right_or_an_error_at_a_place() =>
        Gen.Select(AlphaTopics.Sentences, Gen.Int[0, 200], Gen.Int[0, 40])
            .Sample(
                (sentence, from, length) =>
                {
                    var text = sentence.Text;
                    from = Math.Min(from, text.Length);
                    var part = text.Remove(from, Math.Min(length, text.Length - from));
                    try
                    {
                        AlphaFilter.Parse(part);
                    }
                    catch (AlphaFactoryException error)
                    {
                        Assert.Equal(ErrorId.FilterSyntax, error.Id);
                        Assert.Contains("column", error.Message, StringComparison.Ordinal);
                    }
                },
                iter: 3000,
                threads: 1
            );

    [Theory]
    [InlineData("a = 1 or b = 2 and c = 3", "(or (a Equal 1) (and (b Equal 2) (c Equal 3)))")]
    [InlineData("(a = 1 or b = 2) and c = 3", "(and (or (a Equal 1) (b Equal 2)) (c Equal 3))")]
    [InlineData("not a = 1 and b = 2", "(and (not (a Equal 1)) (b Equal 2))")]
    [InlineData("NOT (a = 1 AND b = 2)", "(not (and (a Equal 1) (b Equal 2)))")]
    [InlineData("not not a <> 1", "(not (not (a NotEqual 1)))")]
    [InlineData("Sharpe>=-1.5e-3", "(Sharpe GreaterOrEqual -0.0015)")]
    [InlineData("TAG in ('a',\"b\"\"c\")", "(tag in 'a' 'b\"c')")]
    [InlineData("tag not in ('it''s')", "(tag not in 'it''s')")]
    [InlineData("RunId is missing", "(run_id missing)")]
    [InlineData("run_id is not missing", "(run_id not missing)")]
    [InlineData("CreatedAt < '2026-01-01'", "(created Less '2026-01-01')")]
    [InlineData("param.In = true", "(param.In Equal true)")]
    [InlineData("param.a.b = 1", "(param.a.b Equal 1)")]
    [InlineData("param.'my n' = infinity", "(param.'my n' Equal infinity)")]
    [InlineData("metric.tag > 1", "(metric.tag Greater 1)")]
    [InlineData("metric.sharpe > +1", "(sharpe Greater 1)")]
    [InlineData("param > 1", "(param Greater 1)")]
    [InlineData("a = 9223372036854775807", "(a Equal 9223372036854775807)")]
    [InlineData("a = 9223372036854775808", "(a Equal 9.223372036854776E+18)")]
    public void Reads(string text, string expected) =>
        Assert.Equal(expected, Describe(AlphaFilter.Parse(text).Root));

    [Theory]
    [InlineData("", 1, "ends too soon; expected a metric, a property")]
    [InlineData("sharpe", 7, "expected one of = != < <= > >=")]
    [InlineData("sharpe >", 9, "expected a number, a 'text', true or false")]
    [InlineData("sharpe > 1 and", 15, "ends too soon")]
    [InlineData("sharpe > 1 adn tag = 'fx'", 12, "Did you mean 'and'?")]
    [InlineData("sharpe lik 'a'", 8, "Did you mean 'like'?")]
    [InlineData("sharpe == 1", 8, "a single '='")]
    [InlineData("sharpe -gt 1", 8, "without a dash")]
    [InlineData("sharpe > 1 && tag = 'fx'", 12, "write 'and'")]
    [InlineData("sharpe > 1,2", 11, "Numbers have a point")]
    [InlineData("sharpe > '1.2'", 10, "Write 1.2 without quotes")]
    [InlineData("sharpe > nan", 10, "unexpected 'nan'")]
    [InlineData("sharpe > 1e999", 10, "too large")]
    [InlineData("sharpe like 'x'", 8, "'like' compares texts")]
    [InlineData("(sharpe > 1", 12, "')'")]
    [InlineData("sharpe > 1)", 11, "unexpected ')'")]
    [InlineData("tag = fx", 7, "in quotes")]
    [InlineData("tag = 'fx", 7, "does not end")]
    [InlineData("tag > 'a'", 5, "no order")]
    [InlineData("tag in 'a'", 8, "expected '('")]
    [InlineData("tag in ('a' 'b')", 13, "',' or ')'")]
    [InlineData("stage = 'Lve'", 9, "Did you mean 'Live'?")]
    [InlineData("created > 'yesterday'", 11, "2015-01-31")]
    [InlineData("name like 'mom%'", 11, "'*'")]
    [InlineData("name like '[a'", 11, "does not close")]
    [InlineData("tags.desk = 'x'", 1, "param.NAME")]
    [InlineData("in > 1", 1, "metric.in")]
    [InlineData("1 < sharpe", 1, "sharpe > 1")]
    [InlineData("größe > 1", 1, "not a valid metric name")]
    [InlineData("sharpe not > 1", 12, "'in' or 'like'")]
    [InlineData("stge = 'Live'", 8, "'stge' is no property and so a metric")]
    [InlineData("sharpe is fine", 11, "'missing'")]
    [InlineData("tag = 'a\0'", 7, "NUL")]
    public void A_mistake_is_shown_with_its_place_and_what_was_expected(string text, int column, string told)
    {
        var error = Assert.Throws<AlphaFactoryException>(() => AlphaFilter.Parse(text));

        Assert.Equal(ErrorId.FilterSyntax, error.Id);
        Assert.StartsWith($"Filter, column {column}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
        var lines = error.Message.Split('\n');
        Assert.Equal(column - 1 + 2, lines[^1].IndexOf('^', StringComparison.Ordinal));
        Assert.Equal(text.TrimEnd().Replace('\0', ' '), lines[^2][2..]);
    }

    [Theory]
    [InlineData("(", "sharpe > 1", ")", 100_000)]
    [InlineData("not ", "sharpe > 1", "", 100)]
    [InlineData("not (", "sharpe > 1", ")", 50)]
    [InlineData("sharpe > 1 or ", "sharpe > 1", "", 1000)]
    public void What_is_too_large_is_refused(string before, string middle, string after, int times)
    {
        var text = Repeat(before) + middle + Repeat(after);

        var error = Assert.Throws<AlphaFactoryException>(() => AlphaFilter.Parse(text));

        Assert.Equal(ErrorId.FilterSyntax, error.Id);
        Assert.True(error.Message.Length < 500);

        string Repeat(string part) => string.Concat(Enumerable.Repeat(part, times));
    }

    [Fact]
    public void What_is_as_large_as_may_be_finds()
    {
        using var temp = new TempStore();
        var registry = new AlphaRegistry(temp.Store);
        var draft = new AlphaDraft { Name = "a", Metrics = new MetricValues([new("sharpe", 1)]) };
        _ = registry.Register([draft], OperationContext.Silent).ToList();
        var many = string.Join(" or ", Enumerable.Range(0, 999).Select(i => $"param.p{i} = {i}"));
        var list = string.Join(", ", Enumerable.Range(1, 3000));
        var deep = new string('(', 32) + "sharpe = 1" + new string(')', 32);

        foreach (var filter in (string[])[$"{many} or sharpe = 1", $"sharpe in ({list})", deep])
        {
            Assert.Single(
                registry.Search(
                    new AlphaQuery { Filter = AlphaFilter.Parse(filter) },
                    OperationContext.Silent
                )
            );
        }
    }

    [Theory]
    [InlineData("description like 'gro[`[`*]*'", "Gro*\u00DFe [x]", true)]
    [InlineData("description like '*-^]'", "a-^]", true)]
    [InlineData("description like '*\u00DF*'", "Gro\u00DFe", true)]
    [InlineData("description like '*s*'", "\u017F", true)]
    [InlineData("description like 's*'", "Skew\n2", true)]
    [InlineData("description like 's*'", "a skew", false)]
    [InlineData("description = 's'", "\u017F", true)]
    [InlineData("description in ('A', 'S')", "\u017F", true)]
    [InlineData("description in ('k', 'b')", "B", true)]
    [InlineData("description = 'K'", "\u212A", false)]
    [InlineData("description not like 'a*'", "b", true)]
    public void A_text_is_compared_without_case_in_every_script(string filter, string text, bool found)
    {
        using var temp = new TempStore();
        var registry = new AlphaRegistry(temp.Store);
        var draft = new AlphaDraft { Name = "a", Description = text };
        _ = registry.Register([draft], OperationContext.Silent).ToList();

        var search = registry.Search(
            new AlphaQuery { Filter = AlphaFilter.Parse(filter) },
            OperationContext.Silent
        );

        Assert.Equal(found ? 1 : 0, search.Count());
    }

    [Theory]
    [InlineData("code_hash like 'AB*'", "a b")]
    [InlineData("code_hash like 'ab?1*'", "b")]
    [InlineData("code_hash like 'ab' or code_hash like 'b*'", "c")]
    [InlineData("code_hash like 'ab*' and code_hash like '*2'", "b")]
    [InlineData("code_hash like 'x*'", "")]
    public void A_hash_is_found_by_its_beginning(string filter, string names)
    {
        using var temp = new TempStore();
        var registry = new AlphaRegistry(temp.Store);
        AlphaDraft[] drafts =
        [
            new() { Name = "a", CodeHash = "abcd" },
            new() { Name = "b", CodeHash = "ABC12" },
            new() { Name = "c", CodeHash = "ba" },
            new() { Name = "d" },
        ];
        _ = registry.Register(drafts, OperationContext.Silent).ToList();

        var search = registry.Search(
            new AlphaQuery { Filter = AlphaFilter.Parse(filter) },
            OperationContext.Silent
        );

        Assert.Equal(names, string.Join(' ', search.Select(alpha => alpha.Name)));
    }

    [Fact]
    public void A_pattern_that_is_too_long_for_SQLite_is_matched_too()
    {
        using var temp = new TempStore();
        var registry = new AlphaRegistry(temp.Store);
        var draft = new AlphaDraft { Name = "a", Description = new string('x', 2_000) };
        _ = registry.Register([draft], OperationContext.Silent).ToList();
        var sets = string.Concat(Enumerable.Repeat("[!-~]", 2_000));

        Assert.Single(Search(new AlphaQuery { Filter = AlphaFilter.Parse($"description like '{sets}'") }));
        Assert.Empty(Search(new AlphaQuery { Names = [sets] }));

        AlphaSearch Search(AlphaQuery query) => registry.Search(query, OperationContext.Silent);
    }

    [Fact]
    public void A_name_that_no_alpha_has_is_warned_about()
    {
        using var temp = new TempStore();
        var registry = new AlphaRegistry(temp.Store);
        var draft = new AlphaDraft
        {
            Name = "a",
            Metrics = new MetricValues([new("sharpe", 1)]),
            Parameters = new ParameterValues([new("window", 1)]),
        };
        _ = registry.Register([draft], OperationContext.Silent).ToList();
        var warnings = new List<string>();
        var context = new OperationContext { Warn = warnings.Add };
        var filter = AlphaFilter.Parse("shrpe > 1 or stge = 1 or param.windw = 1 or sharpe > 1");

        Assert.Empty(registry.Search(new AlphaQuery { Filter = filter }, context));

        Assert.Equal(
            ["Did you mean 'sharpe'?", "Did you mean 'stage'?", "Did you mean 'window'?"],
            warnings.Select(warning => warning[warning.IndexOf("Did", StringComparison.Ordinal)..])
        );
    }

    // As a list of lists, so that what belongs together cannot be mistaken.
    private static string Describe(FilterNode node) =>
        node switch
        {
            FilterNode.And and => $"(and {string.Join(' ', and.Terms.Select(Describe))})",
            FilterNode.Or or => $"(or {string.Join(' ', or.Terms.Select(Describe))})",
            FilterNode.Not not => $"(not {Describe(not.Term)})",
            FilterNode.Compare compare =>
                $"({compare.Field} {compare.Operator} {FilterNode.Literal(compare.Value)})",
            FilterNode.In list =>
                $"({list.Field}{Not(list.Negated)} in {string.Join(' ', list.Values.Select(FilterNode.Literal))})",
            FilterNode.Like like =>
                $"({like.Field}{Not(like.Negated)} like {FilterNode.Literal(like.Pattern)})",
            FilterNode.Missing missing => $"({missing.Field}{Not(missing.Negated)} missing)",
            _ => throw new NotSupportedException(),
        };

    private static string Not(bool negated) => negated ? " not" : "";
}
