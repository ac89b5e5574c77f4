using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Benchmarks;

/// <summary>
/// Times every shape of search and takes medians: each hand-written SQL, in turn, over a connection that is open and a
/// statement that is prepared; then, in turn, the cmdlet and the best of them with opening. Turns change their order, so
/// that none always follows what has just read its pages, or has driven them out of the processor's caches.
/// </summary>
internal sealed class SearchBenchmark(Engine engine, string store, int repetitions)
{
    /// <summary>Runs the shapes and prints two tables: the ratios, and the trials.</summary>
    public void Run(IEnumerable<Shape> shapes)
    {
        var trials = new List<string>();
        Report.Line($"");
        Report.Line(
            $"| search | rows | Get-Alpha ms | opening + best SQL ms | ratio | best SQL alone ms | ratio | best layout |"
        );
        Report.Line($"|---|--:|--:|--:|--:|--:|--:|---|");
        List<Shape> all = [.. shapes];
        all.ForEach(shape => WarmUp(() => engine.Time(shape.Command, store)));
        all.ForEach(shape => Measure(shape, trials));

        Report.Line($"");
        Report.Line($"| search | candidate | median ms | least ms |");
        Report.Line($"|---|---|--:|--:|");
        trials.ForEach(Console.WriteLine);
    }

    private void Measure(Shape shape, List<string> trials)
    {
        var rows = Verify(shape);
        var times = MeasureTrials(shape);
        var best = times.MinBy(Report.Median)!;
        var trial = shape.Trials[times.IndexOf(best)];
        var (cmdlet, opened) = MeasurePages(shape, trial);
        var (ours, theirs, open) = (Report.Median(cmdlet), Report.Median(best), Report.Median(opened));
        // Of one repetition each: what else the machine does in the meantime slows both.
        var ratio = Report.Median([.. cmdlet.Zip(opened, (one, other) => one / other)]);
        Report.Line(
            $"| {shape.Name} | {rows:N0} | {ours:F2} | {open:F2} | {ratio:F2} | {theirs:F2} | {ours / theirs:F2} | {trial.Schema} |"
        );
        trials.Add(Row("Get-Alpha", cmdlet));
        trials.Add(Row("opening + best SQL", opened));
        trials.AddRange(shape.Trials.Select((each, index) => Row(each.Schema.ToString(), times[index])));

        string Row(string candidate, List<double> taken) =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {shape.Name} | {candidate} | {Report.Median(taken):F2} | {taken.Min():F2} |"
            );
    }

    // Each repetition begins with another trial.
    private List<List<double>> MeasureTrials(Shape shape)
    {
        var times = shape.Trials.Select(_ => new List<double>()).ToList();
        using var prepared = new Prepared(shape, store);
        for (var trial = 0; trial < times.Count; trial++)
        {
            WarmUp(() => prepared.Run(trial));
            times[trial].Add(Turn(() => Time(() => prepared.Run(trial))));
        }

        for (var i = 0; i < repetitions; i++)
        {
            for (var step = 0; step < times.Count; step++)
            {
                var trial = (step + i) % times.Count;
                // A trial that is hopeless is not run to the end of the repetitions.
                if (i < 3 || times[trial][^1] < 20 * times.Min(Report.Median))
                {
                    times[trial].Add(Turn(() => Time(() => prepared.Run(trial))));
                }
            }
        }

        return times;
    }

    // Nothing else has a file of theirs open, so that both make the log and remove it, or neither.
    private (List<double> Cmdlet, List<double> Opened) MeasurePages(Shape shape, Trial trial)
    {
        var (cmdlet, opened) = (new List<double>(), new List<double>());
        WarmUp(() => WithOpening(shape, trial));
        WarmUp(() => engine.Time(shape.Command, store));
        for (var i = 0; i < repetitions; i++)
        {
            if (i % 2 == 0)
            {
                cmdlet.Add(Turn(() => engine.Time(shape.Command, store)));
            }

            opened.Add(Turn(() => Time(() => WithOpening(shape, trial))));
            if (i % 2 == 1)
            {
                cmdlet.Add(Turn(() => engine.Time(shape.Command, store)));
            }
        }

        return (cmdlet, opened);
    }

    // The runtime compiles anew what runs often; what is slow is warm after the first time.
    private static void WarmUp(Action work)
    {
        var time = Stopwatch.StartNew();
        for (var i = 0; i < 100 && time.ElapsedMilliseconds < 1_000; i++)
        {
            work();
        }
    }

    /// <summary>
    /// A turn: once to have the processor's caches as a loop over this alone would have them, then the least of three,
    /// so that what else runs on the machine counts little.
    /// </summary>
    private static double Turn(Func<double> time)
    {
        _ = time();
        return Math.Min(time(), Math.Min(time(), time()));
    }

    private static double Time(Func<long> work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    // Every trial must give what the cmdlet gives, in its order.
    private long Verify(Shape shape)
    {
        var output = engine.Run(shape.Command, store);
        foreach (var trial in shape.Trials)
        {
            using var connection = Open(trial.Schema, store);
            using var command = Command(shape, trial, connection);
            if (shape.IsCount)
            {
                var count = (long)command.ExecuteScalar()!;
                Require(
                    count == Convert.ToInt64(output[0].BaseObject, CultureInfo.InvariantCulture),
                    shape,
                    trial
                );
            }
            else
            {
                var names = Read(trial.Schema, command)
                    .Select(alpha =>
                        string.Create(CultureInfo.InvariantCulture, $"{alpha.Name} v{alpha.Version}")
                    );
                Require(
                    names.SequenceEqual(output.Select(alpha => LanguagePrimitives.ConvertTo<string>(alpha))),
                    shape,
                    trial
                );
            }
        }

        return shape.IsCount
            ? Convert.ToInt64(output[0].BaseObject, CultureInfo.InvariantCulture)
            : output.Count;
    }

    private static void Require(bool same, Shape shape, Trial trial)
    {
        if (!same)
        {
            throw new InvalidOperationException($"'{shape.Name}' differs from: {trial.Sql}");
        }
    }

    private long WithOpening(Shape shape, Trial trial)
    {
        using var connection = Open(trial.Schema, store);
        using var command = Command(shape, trial, connection);
        return Result(shape, trial, command);
    }

    private static long Result(Shape shape, Trial trial, SqliteCommand command) =>
        shape.IsCount ? (long)command.ExecuteScalar()! : Read(trial.Schema, command).Count;

    private static List<RawAlpha> Read(Schema schema, SqliteCommand command)
    {
        using var reader = command.ExecuteReader();
        var alphas = new List<RawAlpha>();
        while (reader.Read())
        {
            alphas.Add(RawAlpha.Read(schema, reader));
        }

        return alphas;
    }

    private static SqliteCommand Command(Shape shape, Trial trial, SqliteConnection connection)
    {
        var command = connection.CreateCommand();
        command.CommandText = shape.IsCount ? trial.Sql : Schemas.Rows(trial.Schema, trial.Sql);
        command.CommandTimeout = 0;
        return command;
    }

    private static SqliteConnection Open(Schema schema, string store) =>
        GeneratedStore.Open(Schemas.Database(schema, store));

    /// <summary>The statements of a shape's trials, each prepared once over a connection of its layout.</summary>
    private sealed class Prepared : IDisposable
    {
        private readonly Shape _shape;
        private readonly Dictionary<Schema, SqliteConnection> _connections;
        private readonly List<SqliteCommand> _commands;

        public Prepared(Shape shape, string store)
        {
            _shape = shape;
            _connections = shape
                .Trials.Select(trial => trial.Schema)
                .Distinct()
                .ToDictionary(schema => schema, schema => Open(schema, store));
            _commands = [.. shape.Trials.Select(trial => Command(shape, trial, _connections[trial.Schema]))];
        }

        public long Run(int trial) => Result(_shape, _shape.Trials[trial], _commands[trial]);

        public void Dispose()
        {
            _commands.ForEach(command => command.Dispose());
            foreach (var connection in _connections.Values)
            {
                connection.Dispose();
            }
        }
    }
}
