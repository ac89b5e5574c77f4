using AlphaFactory.Core.Features;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Tests.Features;

/// <summary>A store of its own with the files to import beside it.</summary>
internal sealed class FeatureBench : IDisposable
{
    private readonly TempFolder _folder = new();

    public FeatureBench()
    {
        Store = AlphaStore.OpenOrCreate(Root);
        Features = new FeatureStore(Store);
    }

    public string Root => _folder.File("store");

    public AlphaStore Store { get; }

    public FeatureStore Features { get; }

    /// <summary>Context whose verbose lines are kept.</summary>
    public List<string> Said { get; } = [];

    /// <summary>The warnings of imports.</summary>
    public List<string> Warned { get; } = [];

    public string PathOf(string name) => _folder.File(name);

    public string File(string name, string text) => _folder.Write(name, text);

    public string File(string name, byte[] bytes)
    {
        var path = _folder.File(name);
        System.IO.File.WriteAllBytes(path, bytes);
        return path;
    }

    public ImportResult Import(ImportRequest request) =>
        Features.Import(
            request,
            OperationContext.Silent with
            {
                Verbose = Said.Add,
                Warn = Warned.Add,
                Cancellation = TestContext.Current.CancellationToken,
            }
        );

    /// <summary>Imports one text as set "x", with the columns time, and entity if there is one.</summary>
    public FeatureSet Import(string csv, Func<ImportRequest, ImportRequest>? change = null) =>
        Import(Request(csv, change)).Set;

    public ImportRequest Request(string csv, Func<ImportRequest, ImportRequest>? change = null)
    {
        var path = File(FormattableString.Invariant($"{Guid.NewGuid():N}.csv"), csv);
        var request = new ImportRequest
        {
            Name = "x",
            Paths = [path],
            Time = "time",
            Entity = csv.AsSpan(0, csv.AsSpan().IndexOfAny('\r', '\n'))
                .Contains("entity", StringComparison.Ordinal)
                ? "entity"
                : null,
        };
        return change?.Invoke(request) ?? request;
    }

    /// <summary>The error of an import, after which the store has no version of the set.</summary>
    public AlphaFactoryException Fail(string csv, Func<ImportRequest, ImportRequest>? change = null) =>
        Fail(Request(csv, change));

    public AlphaFactoryException Fail(ImportRequest request)
    {
        var before = Features.List("*").Count;
        var error = Assert.Throws<AlphaFactoryException>(() => Import(request));
        Assert.Equal(before, Features.List("*").Count);
        Assert.Empty(Leftovers());
        return error;
    }

    /// <summary>Everything under features that is not a version of the store.</summary>
    public IReadOnlyList<string> Leftovers()
    {
        if (!Directory.Exists(Store.FeaturesFolder))
        {
            return [];
        }

        var known = Features.List("*").Select(set => set.Path).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. Directory
                .EnumerateDirectories(Store.FeaturesFolder, "*", SearchOption.AllDirectories)
                .Where(folder => !known.Contains(folder) && !known.Any(path => IsIn(path, folder))),
        ];
    }

    /// <summary>All rows as objects.</summary>
    public List<object?[]> Rows(FeatureSet set, Func<FeatureQuery, FeatureQuery>? change = null)
    {
        var query = new FeatureQuery { Set = set };
        return
        [
            .. Features
                .Read(change?.Invoke(query) ?? query, OperationContext.Silent)
                .Select(row => row.Values.ToArray()),
        ];
    }

    public void Dispose()
    {
        Store.Dispose();
        _folder.Dispose();
    }

    public static DateTime Day(int year, int month, int day) =>
        new(year, month, day, 0, 0, 0, DateTimeKind.Utc);

    private static bool IsIn(string path, string folder) =>
        path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
