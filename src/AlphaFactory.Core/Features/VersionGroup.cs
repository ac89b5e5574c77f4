using System.Runtime.ExceptionServices;

namespace AlphaFactory.Core.Features;

/// <summary>A row group of a version; a column is read when it is first asked for.</summary>
/// <param name="info">What the manifest says of it.</param>
/// <param name="columns">How many columns the version has.</param>
/// <param name="read">Reads a column.</param>
internal sealed class VersionGroup(ManifestRowGroup info, int columns, Func<int, ColumnData> read)
{
    private readonly ColumnData?[] _columns = new ColumnData?[columns];

    /// <summary>What the manifest says of it.</summary>
    public ManifestRowGroup Info => info;

    /// <summary>A column by its place in the version.</summary>
    public ColumnData this[int column] => _columns[column] ??= read(column);

    /// <summary>Some columns, which are read at the same time.</summary>
    public ColumnData[] Read(int[] columns)
    {
        int[] absent = [.. columns.Distinct().Where(column => _columns[column] is null)];
        AtOnce(() => Parallel.ForEach(absent, column => _columns[column] = read(column)));
        return Array.ConvertAll(columns, column => this[column]);
    }

    /// <summary>Runs a parallel loop, of whose errors one is thrown as it is.</summary>
    public static void AtOnce(Action loop)
    {
        try
        {
            loop();
        }
        catch (AggregateException errors)
        {
            ExceptionDispatchInfo.Throw(errors.InnerExceptions[0]);
        }
    }
}
