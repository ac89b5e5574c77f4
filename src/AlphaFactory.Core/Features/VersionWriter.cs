using System.Security.Cryptography;
using System.Text.Json;
using AlphaFactory.Core.Provenance;
using AlphaFactory.Core.Storage;
using Parquet;
using Parquet.Schema;

namespace AlphaFactory.Core.Features;

/// <summary>
/// Writes the rows of a version, in their final order, into Parquet files and a manifest, and hashes them on the
/// way. A chunk of rows becomes a row group, so nothing but the chunk is copied.
/// </summary>
internal static class VersionWriter
{
    /// <summary>Rows in a row group: enough for the columns to compress, few enough to skip.</summary>
    public const int RowGroupSize = 1 << 17;

    private const string PartName = "part-00000.parquet";

    /// <summary>Fills a folder that is not yet part of the store.</summary>
    /// <param name="folder">The folder, empty.</param>
    /// <param name="table">The rows.</param>
    /// <param name="order">Which rows to write, sorted by entity, then time.</param>
    /// <param name="sources">What they came from.</param>
    /// <param name="quarantine">What was left out, or null.</param>
    /// <param name="context">The token and the clock.</param>
    public static FeatureManifest Write(
        string folder,
        FeatureTable table,
        int[] order,
        IReadOnlyList<ManifestSource> sources,
        ManifestQuarantine? quarantine,
        OperationContext context
    )
    {
        var digest = new ContentDigest(table);
        var summaries = table.Columns.Select(_ => new ColumnSummary()).ToArray();
        var part = Path.Combine(folder, PartName);
        var groups = WritePart(part, table, order, digest, summaries, context.Cancellation)
            .GetAwaiter()
            .GetResult();
        var time = summaries[table.Columns.IndexOf(table.Time)];
        var manifest = new FeatureManifest
        {
            Format = FeatureManifest.CurrentFormat,
            ContentHash = digest.Finish(),
            Rows = order.Length,
            Entities = CountEntities(table, order),
            From = (DateTime?)time.Min,
            To = (DateTime?)time.Max,
            TimeColumn = table.Time.Name,
            EntityColumn = table.Entity?.Name,
            KnownColumn = table.Known?.Name,
            CreatedAt = context.UtcNow,
            Columns =
            [
                .. table.Columns.Select(
                    (column, i) =>
                        new ManifestColumn(
                            column.Name,
                            column.Type,
                            summaries[i].Missing,
                            summaries[i].Min,
                            summaries[i].Max
                        )
                ),
            ],
            Files = [new ManifestFile(PartName, new FileInfo(part).Length, ContentHash.OfFile(part), groups)],
            Sources = sources,
            Quarantine = quarantine,
        };
        AtomicFile.WriteText(
            Path.Combine(folder, FeatureManifest.FileName),
            JsonSerializer.Serialize(manifest, StoreJson.Options) + "\n"
        );
        return manifest;
    }

    private static async Task<List<ManifestRowGroup>> WritePart(
        string path,
        FeatureTable table,
        int[] order,
        ContentDigest digest,
        ColumnSummary[] summaries,
        CancellationToken token
    )
    {
        var fields = table.Columns.Select(column => column.Field()).ToArray();
        var groups = new List<ManifestRowGroup>();
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite);
        await using (
            var writer = await ParquetWriter.CreateAsync(
                new ParquetSchema(fields.Cast<Field>().ToArray()),
                file,
                ParquetFile.Options,
                cancellationToken: token
            )
        )
        {
            for (int start = 0, end; start < order.Length; start = end)
            {
                end = EndOfGroup(table, order, start);
                var rows = order.AsMemory(start..end);
                using var group = writer.CreateRowGroup();
                for (var i = 0; i < fields.Length; i++)
                {
                    token.ThrowIfCancellationRequested();
                    var chunk = table.Columns[i].Take(rows.Span);
                    digest.Add(i, chunk);
                    summaries[i].Add(chunk);
                    await chunk.WriteAsync(group, fields[i], token);
                }

                groups.Add(Describe(table, rows.Span));
            }
        }

        file.Flush(flushToDisk: true);
        return groups;
    }

    /// <summary>A reader picks the latest known row of a key, so no key lies in two row groups.</summary>
    private static int EndOfGroup(FeatureTable table, int[] order, int start)
    {
        var end = Math.Min(start + RowGroupSize, order.Length);
        while (table.Known is not null && end < order.Length && SameKey(table, order[end - 1], order[end]))
        {
            end++;
        }

        return end;
    }

    private static bool SameKey(FeatureTable table, int first, int second) =>
        table.Time.Values[first] == table.Time.Values[second]
        && (table.Entity is null || table.Entity.Values[first] == table.Entity.Values[second]);

    private static int CountEntities(FeatureTable table, int[] order)
    {
        var count = 1;
        for (var i = 1; i < order.Length && table.Entity is not null; i++)
        {
            count += table.Entity.Values[order[i]] == table.Entity.Values[order[i - 1]] ? 0 : 1;
        }

        return count;
    }

    private static ManifestRowGroup Describe(FeatureTable table, ReadOnlySpan<int> rows)
    {
        var from = DateTime.MaxValue;
        var to = DateTime.MinValue;
        foreach (var row in rows)
        {
            var time = table.Time.Values[row]!.Value;
            from = time < from ? time : from;
            to = time > to ? time : to;
        }

        return new ManifestRowGroup(
            rows.Length,
            table.Entity?.Values[rows[0]],
            table.Entity?.Values[rows[^1]],
            from,
            to
        );
    }

    private static int IndexOf(this IReadOnlyList<ColumnData> columns, ColumnData column) =>
        columns.TakeWhile(item => item != column).Count();

    /// <summary>
    /// The hash of a version's schema, roles and rows. Each column is hashed by itself over the sorted rows, so the
    /// result depends neither on the order of arrival nor on how the rows are cut into chunks.
    /// </summary>
    private sealed class ContentDigest(FeatureTable table)
    {
        private readonly IncrementalHash[] _columns =
        [
            .. table.Columns.Select(_ => IncrementalHash.CreateHash(HashAlgorithmName.SHA256)),
        ];

        public void Add(int column, ColumnData chunk) => chunk.AddTo(_columns[column]);

        public string Finish()
        {
            var columns = table.Columns.Select(
                (column, i) =>
                    new[]
                    {
                        column.Name,
                        column.Type.Name(),
                        Convert.ToHexStringLower(_columns[i].GetHashAndReset()),
                    }
            );
            var content = new
            {
                Format = "alphafactory-features-1",
                Time = table.Time.Name,
                Entity = table.Entity?.Name,
                Columns = columns.ToArray(),
            };
            foreach (var column in _columns)
            {
                column.Dispose();
            }

            var text = JsonSerializer.Serialize(content);
            return ContentHash.OfText(table.Known is null ? text : text + "\nKnown: " + table.Known.Name);
        }
    }
}
