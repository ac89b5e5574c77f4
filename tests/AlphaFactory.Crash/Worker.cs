using System.Globalization;
using AlphaFactory.Core;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Crash;

/// <summary>Registers, changes, imports and exports in random order, for ever: somebody kills it.</summary>
internal sealed class Worker
{
    private readonly AlphaStore _store;
    private readonly AlphaRegistry _registry;
    private readonly string _outbox;
    private readonly Random _random;
    private readonly string _run;
    private int _step;

    private Worker(AlphaStore store, string outbox, int seed)
    {
        _store = store;
        _registry = new AlphaRegistry(store);
        _outbox = outbox;
        _random = new Random(seed);
        _run = seed.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Works until it is killed.</summary>
    public static int Run(string path, string outbox, int seed)
    {
        Directory.CreateDirectory(outbox);
        using var store = AlphaStore.OpenOrCreate(path);
        Program.Say("opened");
        var worker = new Worker(store, outbox, seed);
        Action[] work =
        [
            worker.Register,
            worker.Register,
            worker.ImportFeatures,
            worker.ImportAlphas,
            worker.Export,
            worker.Change,
            worker.Change,
            worker.Unregister,
        ];
        while (true)
        {
            worker._step++;
            work[worker._random.Next(work.Length)]();
        }
    }

    private string Step => $"{_run}-{_step.ToString(CultureInfo.InvariantCulture)}";

    private AlphaDraft Draft(string batch, int size) =>
        new()
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"alpha-{_random.Next(7)}"),
            Tags = new TagList(["crash", $"batch={batch}"]),
            Metrics = new MetricValues([KeyValuePair.Create("sharpe", _random.NextDouble())]),
            Parameters = new ParameterValues([KeyValuePair.Create<string, object>("size", (long)size)]),
            Description = new string('d', _random.Next(2000)),
        };

    /// <summary>A batch is one transaction, so all of it is there or none.</summary>
    private void Register()
    {
        var size = _random.Next(1, 40);
        var drafts = Enumerable.Range(0, size).Select(_ => Draft(Step, size));
        foreach (var alpha in _registry.Register(drafts, OperationContext.Silent))
        {
            Acknowledge(alpha);
        }
    }

    /// <summary>
    /// Rows of one batch have an entity of their own, which says how many they are: all of them are in a version or none.
    /// </summary>
    private void ImportFeatures()
    {
        var size = _random.Next(1, 3000);
        var csv = Path.Combine(_outbox, $"source-{_run}.txt");
        File.WriteAllText(csv, Batches.Csv($"{Step}/{size}", size, _random));
        var request = new ImportRequest
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"set-{_random.Next(3)}"),
            Paths = [csv],
            Time = "date",
            Entity = "entity",
            Mode = _random.Next(4) == 0 ? ImportMode.Replace : ImportMode.Append,
        };
        var set = new FeatureStore(_store).Import(request, OperationContext.Silent).Set;
        Program.Say("imported", set.Name, set.Version, set.ContentHash, set.Rows);
    }

    private void ImportAlphas()
    {
        if (Find("alpha-*", 1) is not [var one])
        {
            return;
        }

        var size = _random.Next(1, 40);
        var alphas = Enumerable
            .Range(1, size)
            .Select(version => Foreign(one, Draft(Step, size), $"import-{Step}", version));
        var file = Path.Combine(_outbox, $"alphas-{Step}.json");
        AlphaFile.Write(file, [.. alphas], noClobber: false, force: false, OperationContext.Silent);
        var content = AlphaFile.Read(file, OperationContext.Silent);
        foreach (var alpha in _registry.Import(content, OperationContext.Silent).Imported)
        {
            Acknowledge(alpha);
        }
    }

    private static Alpha Foreign(Alpha alpha, AlphaDraft draft, string name, int version) =>
        alpha with
        {
            Name = name,
            Version = version,
            Stage = AlphaStage.Candidate,
            Tags = draft.Tags,
            Metrics = draft.Metrics,
            Parameters = draft.Parameters,
            Description = draft.Description,
            CreatedAt = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(version),
        };

    private void Export()
    {
        var alphas = Find($"alpha-{_random.Next(7)}", 300);
        // The same few files are replaced again and again.
        var file = Path.Combine(
            _outbox,
            $"export-{_random.Next(3)}.{(_random.Next(2) == 0 ? "csv" : "json")}"
        );
        var count = AlphaFile.Write(file, alphas, noClobber: false, force: false, OperationContext.Silent);
        Program.Say("exported", file, count);
    }

    /// <summary>One call changes many, so all of them are changed or none.</summary>
    private void Change()
    {
        var alphas = Find($"alpha-{_random.Next(7)}", 30);
        var tag = string.Create(CultureInfo.InvariantCulture, $"changed={Step}/{alphas.Count}");
        var change = new AlphaChange
        {
            AddTags = new TagList([tag]),
            Stage = (AlphaStage)_random.Next(4),
            Description = Step,
            Reason = "to see",
        };
        foreach (
            var alpha in _registry.Change(alphas, change, missing => throw missing, OperationContext.Silent)
        )
        {
            Program.Say("changed", alpha.Name, alpha.Version, tag);
        }
    }

    private void Unregister()
    {
        if (Find("import-*", 1) is [var one])
        {
            Program.Say("removing", one.Name);
            _registry.Unregister(
                Find(one.Name, 100),
                null,
                missing => throw missing,
                OperationContext.Silent
            );
            Program.Say("removed", one.Name);
        }
    }

    private List<Alpha> Find(string name, int count) =>
        [.. _registry.Search(new AlphaQuery { Names = [name], First = count }, OperationContext.Silent)];

    private static void Acknowledge(Alpha alpha) =>
        Program.Say(
            "registered",
            alpha.Name,
            alpha.Version,
            alpha.Metrics["sharpe"].ToString("R", CultureInfo.InvariantCulture)
        );
}
