using AlphaFactory.Core.Provenance;
using AlphaFactory.Core.Storage;
using Parquet;
using Parquet.Schema;

namespace AlphaFactory.Core.Features;

/// <summary>
/// Writes the rows of a version, which come in their final order, into a Parquet file and a manifest, and hashes them
/// on the way. A row group is written while the next one is gathered.
/// </summary>
internal sealed class VersionWriter : IDisposable
{
    private const string PartName = "part-00000.parquet";

    private readonly string _folder;
    private readonly ImportPlan _plan;
    private readonly int _groupSize;
    private readonly CancellationToken _token;
    private readonly ContentDigest _digest;
    private readonly ColumnSummary[] _summaries;
    private readonly List<ManifestRowGroup> _groups = [];
    private readonly Background _background = new();
    private readonly DataField[] _fields;
    private readonly FileStream _file;
    private readonly ParquetWriter _parquet;
    private SortedBlock _next;
    private SortedBlock _previous;
    private string? _lastEntity;
    private int _entities;
    private bool _closed;

    /// <summary>Begins a file.</summary>
    /// <param name="folder">The folder of the version to be.</param>
    /// <param name="plan">The columns.</param>
    /// <param name="groupSize">Rows of a row group.</param>
    /// <param name="token">Stops the work.</param>
    public VersionWriter(string folder, ImportPlan plan, int groupSize, CancellationToken token)
    {
        _folder = folder;
        _plan = plan;
        _groupSize = groupSize;
        _token = token;
        _next = new SortedBlock(plan, arrivals: false);
        _previous = new SortedBlock(plan, arrivals: false);
        _digest = new ContentDigest(plan);
        _summaries = [.. plan.Columns.Select(_ => new ColumnSummary())];
        _fields = [.. _next.Columns.Select(column => column.Field())];
        _file = new FileStream(Path, FileMode.CreateNew, FileAccess.ReadWrite);
        _parquet = ParquetWriter
            .CreateAsync(
                new ParquetSchema(_fields.Cast<Field>().ToArray()),
                _file,
                ParquetFile.Options(_fields),
                cancellationToken: token
            )
            .GetAwaiter()
            .GetResult();
    }

    /// <summary>Where the Parquet file is.</summary>
    public string Path => System.IO.Path.Combine(_folder, PartName);

    /// <summary>How many rows there are.</summary>
    public long Rows { get; private set; }

    /// <summary>Whether all rows come before another one.</summary>
    public bool IsBefore(RowKeys keys, int row)
    {
        var last = _next.Count > 0 ? _next : _previous;
        return last.Keys.Compare(last.Count - 1, keys, row) < 0;
    }

    /// <summary>Appends rows.</summary>
    /// <param name="columns">Some columns of the plan's types.</param>
    /// <param name="keys">Their keys.</param>
    /// <param name="start">The first row.</param>
    /// <param name="count">How many rows.</param>
    public void Add(ColumnData[] columns, RowKeys keys, int start, int count)
    {
        Rows += count;
        while (count > 0)
        {
            // A reader picks the latest known row of an entity and time, so those are not cut apart.
            var room = _groupSize - _next.Count;
            if (room <= 0 && _next.Keys.CompareBar(_next.Count - 1, keys, start) != 0)
            {
                Flush();
                room = _groupSize;
            }

            var taken = Math.Min(count, Math.Max(1, room));
            for (var i = 0; i < columns.Length; i++)
            {
                _next.Columns[i].Append(columns[i], start, taken);
            }

            if (_next.Count >= _groupSize && keys.Known is null)
            {
                Flush();
            }

            start += taken;
            count -= taken;
        }
    }

    /// <summary>Completes the Parquet file.</summary>
    public void Close()
    {
        if (_next.Count > 0)
        {
            Flush();
        }

        _background.Wait();
        _closed = true;
        _parquet.DisposeAsync().AsTask().GetAwaiter().GetResult();
        ParquetFile.AddColumnOrders(_file, _fields.Length);
        _file.Flush(flushToDisk: true);
        _file.Dispose();
    }

    /// <summary>Completes the Parquet file and writes the manifest beside it.</summary>
    /// <param name="sources">What the rows came from.</param>
    /// <param name="quarantine">What was left out, or null.</param>
    /// <param name="createdAt">The time now, UTC.</param>
    public FeatureManifest Finish(
        IReadOnlyList<ManifestSource> sources,
        ManifestQuarantine? quarantine,
        DateTime createdAt
    )
    {
        Close();
        var time = _summaries[_plan.Time];
        var manifest = new FeatureManifest
        {
            Format = FeatureManifest.CurrentFormat,
            ContentHash = _digest.Finish(),
            Rows = Rows,
            Entities = _plan.Entity is null ? 1 : _entities,
            From = (DateTime?)time.Min,
            To = (DateTime?)time.Max,
            TimeColumn = Name(_plan.Time)!,
            EntityColumn = Name(_plan.Entity),
            KnownColumn = Name(_plan.Known),
            CreatedAt = createdAt,
            Columns =
            [
                .. _plan.Columns.Select(
                    (column, i) =>
                        new ManifestColumn(
                            column.Name,
                            column.Type,
                            _summaries[i].Missing,
                            _summaries[i].Min,
                            _summaries[i].Max
                        )
                ),
            ],
            Files =
            [
                new ManifestFile(PartName, new FileInfo(Path).Length, ContentHash.OfFile(Path), _groups),
            ],
            Sources = sources,
            Quarantine = quarantine,
        };
        AtomicFile.WriteText(System.IO.Path.Combine(_folder, FeatureManifest.FileName), manifest.ToText());
        return manifest;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _background.Dispose();
        _digest.Dispose();
        if (!_closed)
        {
            // What there is of the file is thrown away, so it needs no end.
            _file.Dispose();
        }
    }

    private string? Name(int? column) => column is { } index ? _plan.Columns[index].Name : null;

    private void Flush()
    {
        var full = _next;
        _background.Run(() => WriteGroup(full).GetAwaiter().GetResult());
        (_next, _previous) = (_previous, full);
        _next.Clear();
    }

    private async Task WriteGroup(SortedBlock rows)
    {
        using var group = _parquet.CreateRowGroup();
        for (var i = 0; i < _fields.Length; i++)
        {
            _token.ThrowIfCancellationRequested();
            _digest.Add(i, rows.Columns[i]);
            _summaries[i].Add(rows.Columns[i]);
            await rows.Columns[i].WriteAsync(group, _fields[i], _token);
        }

        _groups.Add(Describe(rows));
    }

    private ManifestRowGroup Describe(SortedBlock rows)
    {
        var times = rows.Keys.Time.Values;
        var (from, to) = (times[0], times[0]);
        foreach (var time in times)
        {
            from = time < from ? time : from;
            to = time > to ? time : to;
        }

        if (rows.Keys.Entity is not { } entity)
        {
            return new ManifestRowGroup(rows.Count, null, null, from, to);
        }

        var entities = Entities(entity.Values);
        _entities += entities.Count(item => item.Name != _lastEntity);
        _lastEntity = entities[^1].Name;
        return new ManifestRowGroup(
            rows.Count,
            entities[0].Name,
            _lastEntity,
            from,
            to,
            entities.Count <= ManifestRowGroup.FewEntities ? entities : null
        );
    }

    private static List<ManifestEntity> Entities(ReadOnlySpan<string?> names)
    {
        var entities = new List<ManifestEntity>();
        for (int start = 0, end; start < names.Length; start = end)
        {
            end = start + 1;
            while (end < names.Length && names[end] == names[start])
            {
                end++;
            }

            entities.Add(new ManifestEntity(names[start]!, end - start));
        }

        return entities;
    }
}
