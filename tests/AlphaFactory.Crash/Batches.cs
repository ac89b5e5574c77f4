using System.Globalization;
using System.Text;
using AlphaFactory.Core;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Crash;

/// <summary>Rows that belong together, and processes that append them to one set at the same time.</summary>
internal static class Batches
{
    /// <summary>A batch of daily rows of one entity.</summary>
    public static string Csv(string entity, int size, Random random)
    {
        var rows = new StringBuilder("date,entity,close\n");
        var day = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        for (var i = 0; i < size; i++)
        {
            rows.Append(
                CultureInfo.InvariantCulture,
                $"{day.AddDays(i):yyyy-MM-dd},{entity},{random.NextDouble()}\n"
            );
        }

        return rows.ToString();
    }

    /// <summary>
    /// Appends batches to a set; with an expected version, which somebody else may make first, it looks and tries again.
    /// </summary>
    public static int Append(string path, string folder, int count, int seed, bool expected)
    {
        var random = new Random(seed);
        using var store = AlphaStore.OpenOrCreate(path);
        var features = new FeatureStore(store);
        var csv = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"batch-{seed}.csv"));
        for (var i = 0; i < count; i++)
        {
            var size = random.Next(1, 500);
            var entity = string.Create(CultureInfo.InvariantCulture, $"{seed}-{i}/{size}");
            File.WriteAllText(csv, Csv(entity, size, random));
            var request = new ImportRequest
            {
                Name = "shared",
                Paths = [csv],
                Time = "date",
                Entity = "entity",
                Mode = ImportMode.Append,
            };
            var set = expected
                ? Compete(features, request)
                : features.Import(request, OperationContext.Silent).Set;
            Program.Say("appended", entity, set.Version);
        }

        return 0;
    }

    private static FeatureSet Compete(FeatureStore features, ImportRequest request)
    {
        while (true)
        {
            var newest = features.List("shared*") is [.., var last] ? last.Version : 0;
            try
            {
                return features
                    .Import(request with { ExpectedVersion = newest }, OperationContext.Silent)
                    .Set;
            }
            catch (AlphaFactoryException error) when (error.Id == ErrorId.VersionConflict)
            {
                Program.Say("conflict", newest);
            }
        }
    }
}
