namespace AlphaFactory.Core.Maintenance;

/// <summary>What kind of thing is wrong with a store. Names are never reused.</summary>
public enum StoreFindingKind : long
{
    /// <summary>A page or a table of the database is damaged.</summary>
    DatabaseDamaged,

    /// <summary>An index of the database does not agree with its table.</summary>
    IndexDamaged,

    /// <summary>A row of the database refers to one that is not there.</summary>
    ReferenceBroken,

    /// <summary>An alpha lacks a part, or a part of it cannot be read.</summary>
    AlphaDamaged,

    /// <summary>An alpha that was registered is not there, and nobody removed it.</summary>
    AlphaMissing,

    /// <summary>A table that searches read does not agree with the alphas.</summary>
    SearchTableStale,

    /// <summary>The newest version of a name is not the one that is marked so.</summary>
    LatestFlagWrong,

    /// <summary>The counter of a name's versions is behind them.</summary>
    VersionCounterWrong,

    /// <summary>The counts of an experiment do not agree with its runs.</summary>
    RunCountWrong,

    /// <summary>A folder that the database names is not there.</summary>
    FolderMissing,

    /// <summary>A folder that the database does not name.</summary>
    FolderUnknown,

    /// <summary>A file that must be there is not.</summary>
    FileMissing,

    /// <summary>A file has not the size or the hash that was recorded.</summary>
    FileDamaged,

    /// <summary>A file that nothing names.</summary>
    FileUnknown,

    /// <summary>A manifest does not agree with the database or with itself.</summary>
    ManifestWrong,
}

/// <summary>How bad a finding is.</summary>
public enum StoreFindingSeverity : long
{
    /// <summary>Nothing is lost, and nothing that the store says is wrong.</summary>
    Warning,

    /// <summary>Data is lost or damaged, or searches miss something.</summary>
    Error,
}

/// <summary>One thing that is wrong with a store.</summary>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Path">The file or folder, a full path.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Remedy">What to do about it.</param>
/// <param name="Repairable">Whether <c>Repair-AlphaStore</c> mends it.</param>
public sealed record StoreFinding(
    StoreFindingKind Kind,
    StoreFindingSeverity Severity,
    string Path,
    string Message,
    string Remedy,
    bool Repairable
)
{
    private const string Repair = "Run Repair-AlphaStore.";

    /// <summary>Damage that only a backup mends.</summary>
    internal static StoreFinding Damage(
        StoreFindingKind kind,
        string path,
        string message,
        string remedy = "Restore it from a backup."
    ) => new(kind, StoreFindingSeverity.Error, path, message, remedy, Repairable: false);

    /// <summary>Something wrong that can be made again from what is right.</summary>
    internal static StoreFinding Mendable(StoreFindingKind kind, string path, string message) =>
        new(kind, StoreFindingSeverity.Error, path, message, Repair, Repairable: true);
}
