using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Provenance;
using AlphaFactory.Core.Risk;

namespace AlphaFactory.Core.Tests.Experiments;

/// <summary>The rules that look at the data of an experiment, and at what its signal may know of them.</summary>
public sealed class DataRulesTests : IDisposable
{
    private readonly Lab _lab = new();

    public void Dispose() => _lab.Dispose();

    private static ExperimentSpec One =>
        Lab.Crossover() with
        {
            Expression = "close",
            Grid = ParameterGrid.One,
        };

    [Theory]
    [InlineData(299, false)]
    [InlineData(304, false)]
    [InlineData(305, true)]
    public void Prices_that_end_more_than_five_bars_before_the_window_are_a_warning(int to, bool stale)
    {
        _lab.ImportSeries("prices", Lab.Walk(300, 1));

        // A bare date as an upper end means that whole day.
        var run = Assert.Single(_lab.Run(One with { To = UtcDate.EndOfDay(Lab.Day(to)) }));

        Assert.Equal(RunStatus.Completed, run.Status);
        Assert.Equal(stale, run.Codes.Contains("DATA_STALE"));
        Assert.Equal(
            stale,
            _lab.Warnings.Exists(text => text.Contains("6 bars before -To, over 5", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void An_entity_that_goes_on_keeps_the_prices_fresh_and_rows_without_a_price_do_not()
    {
        _lab.ImportSeries("prices", Lab.Walk(300, 1), Lab.Walk(280, 2));
        Assert.DoesNotContain("DATA_STALE", _lab.Run(One with { To = Lab.Day(299) })[0].Codes);

        var rows = Enumerable
            .Range(0, 300)
            .Select(bar =>
                FormattableString.Invariant($"{Lab.Day(bar):yyyy-MM-dd},{(bar < 290 ? $"{bar + 1}" : "")}")
            );
        _lab.Import("gaps", _lab.Write("gaps.csv", "date,close\n" + string.Join('\n', rows) + "\n"), null);
        Assert.Contains("DATA_STALE", _lab.Run(One with { FeatureSet = "gaps", To = Lab.Day(299) })[0].Codes);
    }

    [Fact]
    public void Rows_that_are_there_twice_are_denied()
    {
        var set = _lab.ImportSeries("prices", Lab.Walk(300, 1), Lab.Walk(300, 2));
        Rewrite(set, [.. Enumerable.Range(0, 11), 10, 10, .. Enumerable.Range(11, 589)]);

        var run = Assert.Single(_lab.Run(One));

        Assert.Equal((RunStatus.Rejected, "DATA_DUPLICATE_KEY"), (run.Status, run.Codes.ToString()));
        var logged = Assert.Single(new RiskEvents(_lab.Store).List(new RiskEventQuery()));
        Assert.Equal((2.0, 0.0, "rows"), (logged.Observed, logged.Limit, logged.Unit));
    }

    [Fact]
    public void Rows_that_go_back_in_time_are_denied()
    {
        var set = _lab.ImportSeries("prices", Lab.Walk(300, 1), Lab.Walk(300, 2));
        // Two days of the first entity change places, and its last day comes after all of the second.
        Rewrite(
            set,
            [
                .. Enumerable.Range(0, 20),
                21,
                20,
                .. Enumerable.Range(22, 277),
                .. Enumerable.Range(300, 300),
                299,
            ]
        );

        var run = Assert.Single(_lab.Run(One));

        Assert.Equal((RunStatus.Rejected, "DATA_NON_MONOTONIC"), (run.Status, run.Codes.ToString()));
        Assert.Equal(2, Assert.Single(new RiskEvents(_lab.Store).List(new RiskEventQuery())).Observed);
    }

    // Rows of 300 days; that of day 100 becomes known so many hours after its midnight.
    [Theory]
    [InlineData(0, 1, false)]
    [InlineData(23, 1, false)]
    [InlineData(24, 1, true)]
    [InlineData(24, 2, false)]
    [InlineData(47, 2, false)]
    [InlineData(48, 2, true)]
    public void A_signal_may_only_know_what_was_known_when_it_is_traded(int hours, int lag, bool leaks)
    {
        ImportKnown(bar => Lab.Day(bar).AddHours(bar == 100 ? hours : 0));

        var run = Assert.Single(_lab.Run(One with { Lag = lag }));

        Assert.Equal(leaks ? RunStatus.Rejected : RunStatus.Completed, run.Status);
        Assert.Equal(leaks, run.Codes.Contains("LEAK_KNOWLEDGE_TIME"));
        if (leaks)
        {
            var logged = Assert.Single(new RiskEvents(_lab.Store).List(new RiskEventQuery()));
            Assert.Equal((1.0, 0.0), (logged.Observed, logged.Limit));
            Assert.Contains(
                "'prices' at 2020-04-10, known 2020-04-1",
                logged.Message,
                StringComparison.Ordinal
            );
            Assert.Contains("Join-Feature", logged.Remedy, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(299, 1, false)]
    [InlineData(298, 1, true)]
    [InlineData(298, 2, false)]
    public void A_row_that_earns_nothing_leaks_nothing(int bar, int lag, bool leaks)
    {
        ImportKnown(each => Lab.Day(each + (each == bar ? 100 : 0)));

        Assert.Equal(leaks, _lab.Run(One with { Lag = lag })[0].Codes.Contains("LEAK_KNOWLEDGE_TIME"));
        // The window begins long after the row, and ends long before it.
        Assert.DoesNotContain("LEAK_KNOWLEDGE_TIME", _lab.Run(One with { To = Lab.Day(bar - 2) })[0].Codes);
    }

    [Fact]
    public void A_revision_is_known_when_it_was_made()
    {
        var rows = Enumerable
            .Range(0, 300)
            .Select(bar => Row(bar, Lab.Day(bar)))
            .Append(Row(150, Lab.Day(250)));
        Import(rows);

        var run = Assert.Single(_lab.Run(One));

        // What was known at the time is in the set too, but a panel has the row that was known latest.
        Assert.Contains("LEAK_KNOWLEDGE_TIME", run.Codes);
        Assert.DoesNotContain("LEAK_KNOWLEDGE_TIME", _lab.Run(One with { From = Lab.Day(151) })[0].Codes);
    }

    [Fact]
    public void A_lag_that_reads_the_future_is_rejected_and_the_rest_of_the_grid_runs()
    {
        _lab.ImportSeries("prices", Lab.Walk(300, 1));
        var runs = _lab.Run(
            Lab.Crossover() with
            {
                Expression = "close - delay(close, $n)",
                Grid = ParameterGrid.Product([
                    KeyValuePair.Create<string, IReadOnlyList<object?>>("n", [-1, 0, 1]),
                ]),
            }
        );

        Assert.Equal(
            [RunStatus.Rejected, RunStatus.Completed, RunStatus.Completed],
            runs.Select(run => run.Status)
        );
        Assert.Equal("LEAK_FUTURE_REFERENCE", runs[0].Codes.ToString());
    }

    [Fact]
    public void A_range_of_a_policy_rejects_what_lies_outside_and_a_walk_forward_never_chooses_it()
    {
        _lab.ImportSeries("prices", Lab.Walk(300, 1));
        var policy = _lab.Write("desk.json", """{ "parameters": { "fast": { "minimum": 3 } } }""");
        var spec = Lab.Crossover() with { RiskPolicy = policy };

        var runs = _lab.Run(spec);
        var walk = Assert.Single(_lab.Run(spec with { WalkForward = new WalkForward(100, 50) }));

        Assert.Equal(
            [true, true, false, false, false, false],
            runs.Select(run => run.Codes.Contains("PARAM_OUT_OF_RANGE"))
        );
        Assert.Equal(
            [0, 1],
            runs.Index().Where(run => run.Item.Status == RunStatus.Rejected).Select(run => run.Index)
        );
        Assert.NotEqual(RunStatus.Rejected, walk.Status);
        var chosen = File.ReadAllText(
            Path.Combine(_lab.Store.ExperimentsFolder, walk.ExperimentId, "walk-forward.json")
        );
        Assert.DoesNotContain("\"fast\": 2", chosen, StringComparison.Ordinal);
    }

    private static string Row(int bar, DateTime known) =>
        FormattableString.Invariant(
            $"{Lab.Day(bar):yyyy-MM-dd},{100 + bar % 7},{known:yyyy-MM-ddTHH:mm:ssZ}"
        );

    private void ImportKnown(Func<int, DateTime> known) =>
        Import(Enumerable.Range(0, 300).Select(bar => Row(bar, known(bar))));

    private void Import(IEnumerable<string> rows) =>
        new FeatureStore(_lab.Store).Import(
            new ImportRequest
            {
                Name = "prices",
                Paths = [_lab.Write("known.csv", "date,close,known\n" + string.Join('\n', rows) + "\n")],
                Time = "date",
                Known = "known",
            },
            _lab.Context
        );

    /// <summary>Writes a version's rows in another order, some twice, as another program might, with the hashes to match.</summary>
    private void Rewrite(FeatureSet set, int[] order)
    {
        var token = _lab.Context.Cancellation;
        var manifestFile = Path.Combine(set.Path, FeatureManifest.FileName);
        var manifest = FeatureManifest.Read(manifestFile);
        var part = Assert.Single(manifest.Files);
        var file = Path.Combine(set.Path, part.Name);
        var columns = set.Columns.Select(column => (column.Name, column.Type)).ToArray();
        var rows = Assert.Single(PartFile.ReadAll(file, columns, token).ToList());
        ColumnData[] Empty() => [.. columns.Select(column => ColumnData.Create(column.Name, column.Type))];
        var other = Empty();
        foreach (var row in order)
        {
            for (var i = 0; i < other.Length; i++)
            {
                other[i].Append(rows[i], row, 1);
            }
        }

        using (var stream = new FileStream(file, FileMode.Create, FileAccess.ReadWrite))
        {
            ParquetFile.Write(stream, Empty(), [other], token);
        }

        var group = Assert.Single(part.RowGroups) with { Rows = order.Length, Entities = null };
        var changed = manifest with
        {
            Files =
            [
                part with
                {
                    Size = new FileInfo(file).Length,
                    Sha256 = ContentHash.OfFile(file, token),
                    RowGroups = [group],
                },
            ],
        };
        File.WriteAllText(manifestFile, changed.ToText());
    }
}
