using System.Buffers.Binary;
using System.Globalization;
using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Tests.Experiments;

public sealed class ExperimentReproducerTests : IDisposable
{
    private readonly Lab _lab = new();
    private readonly List<ExperimentRun> _runs;

    public ExperimentReproducerTests()
    {
        _lab.ImportSeries("prices", Lab.Walk(300, 4), Lab.Walk(300, 5));
        _runs = _lab.Run(Lab.Crossover());
    }

    private string Record => Path.Combine(_lab.Store.ExperimentsFolder, _runs[0].ExperimentId, "spec.json");

    public void Dispose() => _lab.Dispose();

    [Fact]
    public void A_re_run_is_identical_in_every_run_and_records_nothing()
    {
        var results = _lab.Reproduce();
        Assert.Equal(_runs.Select(run => run.RunId), results.Select(result => result.RunId));
        Assert.All(results, result => Assert.Equal(ReproductionVerdict.Identical, result.Verdict));
        Assert.All(results, result => Assert.Empty(result.Differences));
        Assert.All(results, result => Assert.Empty(result.ChangedInputs));
        Assert.Equal(6, _lab.Find(new RunQuery()).Count);
        Assert.Single(Directory.EnumerateDirectories(_lab.Store.ExperimentsFolder));
    }

    [Fact]
    public void Runs_that_another_process_removes_meanwhile_are_left_out_and_the_others_compared()
    {
        var windows = Enumerable.Range(2, 30).Select(window => (object?)window).ToArray();
        var runs = _lab.Run(
            Lab.Crossover() with
            {
                To = Lab.Day(40),
                SkipLookAheadTest = true,
                Grid = ParameterGrid.Product([
                    KeyValuePair.Create<string, IReadOnlyList<object?>>("fast", windows),
                    KeyValuePair.Create<string, IReadOnlyList<object?>>("slow", windows),
                ]),
            }
        );
        using var other = AlphaStore.Open(_lab.Store.Root);
        var cancellation = _lab.Context.Cancellation;
        new ExperimentStore(other).Remove([runs[3].RunId, runs[4].RunId], cancellation);
        var results = new List<ReproductionResult>();
        foreach (var result in new ExperimentReproducer(_lab.Store).Run(null, null, _lab.Context))
        {
            // The runs are read in batches, of which these are not in the first.
            if (results.Count == 0)
            {
                new ExperimentStore(other).Remove([runs[700].RunId, runs[899].RunId], cancellation);
            }

            results.Add(result);
        }

        Assert.Equal(
            runs.Select(run => run.RunId)
                .Except([runs[3].RunId, runs[4].RunId, runs[700].RunId, runs[899].RunId]),
            results.Select(result => result.RunId)
        );
        Assert.All(results, result => Assert.Equal(ReproductionVerdict.Identical, result.Verdict));
    }

    [Fact]
    public void Newer_data_do_not_matter()
    {
        _lab.Import(
            "prices",
            _lab.Write("new.csv", "date,entity,close\n2020-01-01,a,1\n2020-01-02,a,2\n"),
            "entity",
            ImportMode.Replace
        );
        Assert.All(_lab.Reproduce(), result => Assert.Equal(ReproductionVerdict.Identical, result.Verdict));
    }

    [Fact]
    public void The_named_experiment_and_the_run_of_an_id_are_run_again()
    {
        _lab.Run(Lab.Crossover() with { Name = "later", Grid = ParameterGrid.List([_runs[0].Parameters]) });
        Assert.Equal("later", Assert.Single(_lab.Reproduce()).Name);
        Assert.Equal(6, _lab.Reproduce("CROSSOVER").Count);
        var third = Assert.Single(_lab.Reproduce(runId: _runs[2].RunId));
        Assert.Equal((_runs[2].RunId, ReproductionVerdict.Identical), (third.RunId, third.Verdict));
        Assert.Equal(_runs[2].Metrics, third.Metrics);
        foreach (var id in new[] { "never", "never.1", _runs[0].ExperimentId + ".9" })
        {
            Assert.Equal(
                ErrorId.RunNotFound,
                Assert.Throws<AlphaFactoryException>(() => _lab.Reproduce(null, id)).Id
            );
        }

        Assert.Equal(
            ErrorId.RunNotFound,
            Assert.Throws<AlphaFactoryException>(() => _lab.Reproduce("never")).Id
        );
    }

    [Fact]
    public void Rejected_runs_and_metrics_that_are_not_numbers_are_compared_too()
    {
        _lab.Run(
            Lab.Crossover() with
            {
                Expression = "close * 0 + $n * 0",
                Grid = ParameterGrid.List([
                    Lab.Set(("n", 1)),
                    Lab.Set(("n", double.NaN)),
                    Lab.Set(("n", 2.0)),
                ]),
            }
        );
        var results = _lab.Reproduce();
        Assert.Equal(3, results.Count);
        Assert.All(results, result => Assert.Equal(ReproductionVerdict.Identical, result.Verdict));
        Assert.Empty(results[1].Metrics);
    }

    [Fact]
    public void An_edited_record_is_named_and_what_it_changes_is_shown()
    {
        Edit("\"costBps\": 1", "\"costBps\": 25");
        var results = _lab.Reproduce();
        Assert.All(results, result => Assert.Equal(ReproductionVerdict.Different, result.Verdict));
        Assert.All(results, result => Assert.Equal(["record"], result.ChangedInputs));
        var recorded = _runs[0].Metrics["sharpe"];
        var difference = Assert.Single(results[0].Differences, each => each.Name == "sharpe");
        Assert.Equal(recorded, difference.Recorded);
        Assert.NotEqual(recorded, difference.Reproduced);
        Assert.DoesNotContain(results[0].Differences, each => each.Name is "turnover" or "observations");
    }

    [Theory]
    [InlineData("\"featureSet\": \"prices\"", "\"featureSet\": \"gone\"")]
    [InlineData("\"featureSet\": \"prices\"", "\"featureSet\": null")]
    [InlineData("sma(close, $fast)", "sma(close, $fast")]
    [InlineData("\"lag\": 1", "\"lag\": 0")]
    [InlineData("\"slow\": [", "\"none\": [], \"slow\": [")]
    [InlineData("\"slow\": [", "\"slow\": [{ \"$number\": 5 }, ")]
    public void A_record_that_was_edited_until_it_does_not_run_is_damaged_and_named(string old, string edited)
    {
        Edit(old, edited);
        var error = Assert.Throws<AlphaFactoryException>(() => _lab.Reproduce());
        Assert.Equal((ErrorId.StoreCorrupt, (object)Record), (error.Id, error.Target));
        Assert.Contains(Record, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_that_were_tampered_with_are_named_and_nothing_new_runs_on_them()
    {
        var part = Assert.Single(
            Directory.EnumerateFiles(_lab.Store.FeaturesFolder, "*.parquet", SearchOption.AllDirectories)
        );
        var bytes = File.ReadAllBytes(part);
        // The name of the writer, which no reader looks at: only the hash tells.
        bytes[bytes.AsSpan().LastIndexOf("Parquet"u8)] ^= 0x20;
        File.WriteAllBytes(part, bytes);
        Assert.All(_lab.Reproduce(), result => Assert.Equal(["data"], result.ChangedInputs));
        var error = Assert.Throws<AlphaFactoryException>(() => _lab.Run(Lab.Crossover()));
        Assert.Equal((ErrorId.StoreCorrupt, (object)part), (error.Id, error.Target));
        Assert.Equal(6, _lab.Find(new RunQuery()).Count);
    }

    [Fact]
    public void Another_expression_parameter_or_environment_is_named()
    {
        Edit("sma(close, $fast) -", "sma(close, $fast) - 0 -");
        Assert.Equal(["record", "code"], _lab.Reproduce()[0].ChangedInputs);
        Edit("sma(close, $fast) - 0 -", "sma(close, $fast) -");
        Assert.Empty(_lab.Reproduce()[0].ChangedInputs);

        Edit("\"moduleVersion\": \"", "\"moduleVersion\": \"0.");
        Assert.Equal(["record", "environment: module version"], _lab.Reproduce()[0].ChangedInputs);
        Edit("\"moduleVersion\": \"0.", "\"moduleVersion\": \"");

        Edit("13", "14");
        var results = _lab.Reproduce();
        Assert.Equal(["record"], results[0].ChangedInputs);
        Assert.Equal(["record", "parameters"], results[1].ChangedInputs);
        Assert.Equal(ReproductionVerdict.Identical, results[0].Verdict);
        Assert.Equal(ReproductionVerdict.Different, results[1].Verdict);
    }

    [Fact]
    public void Another_culture_is_no_changed_input_unless_something_came_out_otherwise()
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.All(
                _lab.Reproduce(),
                result =>
                    Assert.Equal(
                        (ReproductionVerdict.Identical, 0),
                        (result.Verdict, result.ChangedInputs.Count)
                    )
            );

            Edit("\"costBps\": 1", "\"costBps\": 25");
            Assert.Equal(["record", "environment: culture"], _lab.Reproduce()[0].ChangedInputs);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void A_policy_that_is_gone_or_changed_is_named()
    {
        var policy = _lab.Write(
            "house.json",
            """{ "name": "house", "rules": { "PARAM_TOO_MANY": { "limit": 3 } } }"""
        );
        _lab.Run(Lab.Crossover() with { RiskPolicy = policy });
        Assert.Empty(_lab.Reproduce()[0].ChangedInputs);
        File.WriteAllText(
            policy,
            """{ "name": "house", "rules": { "PARAM_TOO_MANY": { "limit": 1, "severity": "Deny" } } }"""
        );
        var changed = _lab.Reproduce()[0];
        Assert.Equal(["policy"], changed.ChangedInputs);
        Assert.Equal(ReproductionVerdict.Different, changed.Verdict);
        Assert.Equal("Status: Completed → Rejected", changed.Differences[0].ToString());
        File.Delete(policy);
        Assert.Equal(["policy"], _lab.Reproduce()[0].ChangedInputs);
    }

    [Fact]
    public void A_metric_that_was_edited_in_the_store_comes_out_different()
    {
        _lab.Store.Write(connection =>
        {
            foreach (
                var (id, metrics) in connection.Query(
                    row => (row.GetInt64(0), row.GetFieldValue<byte[]>(1)),
                    "SELECT id, metrics FROM runs"
                )
            )
            {
                // Eight bytes a metric; the Sharpe ratio is the fourth.
                var sharpe = metrics.AsSpan(3 * sizeof(double));
                BinaryPrimitives.WriteDoubleLittleEndian(
                    sharpe,
                    BinaryPrimitives.ReadDoubleLittleEndian(sharpe) * (1 + 1e-12)
                );
                connection.Execute("UPDATE runs SET metrics = $2 WHERE id = $1", id, metrics);
            }
        });
        var close = _lab.Reproduce();
        Assert.All(close, result => Assert.Equal(ReproductionVerdict.WithinTolerance, result.Verdict));
        Assert.All(close, result => Assert.Equal("sharpe", Assert.Single(result.Differences).Name));
    }

    [Fact]
    public void A_record_that_is_gone_or_damaged_is_an_error_that_names_it()
    {
        File.WriteAllText(Record, "{ \"format\": 1");
        Assert.Contains(Record, Broken().Message, StringComparison.Ordinal);
        File.Delete(Record);
        Assert.Contains(Record, Broken().Message, StringComparison.Ordinal);

        AlphaFactoryException Broken()
        {
            var error = Assert.Throws<AlphaFactoryException>(() => _lab.Reproduce());
            Assert.Equal(ErrorId.StoreCorrupt, error.Id);
            return error;
        }
    }

    private void Edit(string from, string to)
    {
        var text = File.ReadAllText(Record);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(Record, text.Replace(from, to, StringComparison.Ordinal));
    }
}
