using System.Globalization;
using AlphaFactory.Core.Features;

namespace AlphaFactory.Core.Tests.Maintenance;

/// <summary>What processes of <c>tests/AlphaFactory.Crash</c> import: rows whose entity says how many they are.</summary>
internal static class FeatureBatches
{
    /// <summary>Reads every row of a version; each batch must be in it whole.</summary>
    /// <returns>The batches.</returns>
    public static IReadOnlyList<string> AreWhole(FeatureStore features, FeatureSet set)
    {
        var batches = features
            .Read(new FeatureQuery { Set = set, Columns = ["entity"] }, OperationContext.Silent)
            .CountBy(row => (string)row.Values[0]!)
            .ToList();
        Assert.All(
            batches,
            batch =>
                Assert.EndsWith(
                    string.Create(CultureInfo.InvariantCulture, $"/{batch.Value}"),
                    batch.Key,
                    StringComparison.Ordinal
                )
        );
        Assert.Equal(set.Rows, batches.Sum(batch => batch.Value));
        return batches.ConvertAll(batch => batch.Key);
    }
}
