namespace AlphaFactory.Core;

/// <summary>
/// The stable name of what went wrong. Names are part of the public contract: they are the ids that
/// PowerShell shows in <c>FullyQualifiedErrorId</c>, and each belongs to one process exit code.
/// </summary>
public enum ErrorId
{
    /// <summary>Anything that has no name of its own.</summary>
    Unexpected,

    /// <summary>A name breaks the rules of <see cref="Names"/>.</summary>
    NameInvalid,

    /// <summary>A metric bound or metric value cannot be read.</summary>
    MetricBoundInvalid,

    /// <summary>A filter does not parse.</summary>
    FilterSyntax,

    /// <summary>An alpha expression does not parse or does not bind.</summary>
    ExpressionSyntax,

    /// <summary>A file is not in the format it should be in.</summary>
    FileFormatInvalid,

    /// <summary>One row of a file cannot be read.</summary>
    RowInvalid,

    /// <summary>Two rows have the same entity and time.</summary>
    DuplicateKey,

    /// <summary>Data does not have the columns or types that are asked for.</summary>
    SchemaMismatch,

    /// <summary>A feature set of that name exists and has other content.</summary>
    FeatureSetExists,

    /// <summary>There is a file already, or a folder, where one is to be written.</summary>
    FileExists,

    /// <summary>An experiment's specification contradicts itself or its data.</summary>
    SpecInvalid,

    /// <summary>A risk or drift policy cannot be read.</summary>
    PolicyInvalid,

    /// <summary>A risk rule denied.</summary>
    RiskDenied,

    /// <summary>Drift over the limit.</summary>
    DriftDetected,

    /// <summary>There is no store at the path.</summary>
    StoreNotFound,

    /// <summary>There is no alpha of that name.</summary>
    AlphaNotFound,

    /// <summary>There is no feature set of that name or version.</summary>
    FeatureSetNotFound,

    /// <summary>There is no such run or experiment.</summary>
    RunNotFound,

    /// <summary>There is no file at the path.</summary>
    PathNotFound,

    /// <summary>Another process holds the store for longer than the time allowed.</summary>
    StoreLocked,

    /// <summary>The store cannot be written.</summary>
    StoreReadOnly,

    /// <summary>The store's content contradicts itself.</summary>
    StoreCorrupt,

    /// <summary>The store was written by a newer AlphaFactory.</summary>
    StoreTooNew,

    /// <summary>There is no room left on the disk.</summary>
    DiskFull,

    /// <summary>Somebody else wrote a version first.</summary>
    VersionConflict,

    /// <summary>A re-run gave another result.</summary>
    NotReproducible,
}

/// <summary>The process exit code of each <see cref="ErrorId"/>.</summary>
public static class ExitCodes
{
    /// <summary>Everything went well.</summary>
    public const int Done = 0;

    /// <summary>An unexpected failure.</summary>
    public const int Failure = 1;

    /// <summary>Wrong input.</summary>
    public const int WrongInput = 2;

    /// <summary>Denied by a risk rule.</summary>
    public const int RiskDenied = 3;

    /// <summary>Drift over the limit.</summary>
    public const int Drift = 4;

    /// <summary>Something named does not exist.</summary>
    public const int NotThere = 5;

    /// <summary>The store cannot be used as it is.</summary>
    public const int StoreUnusable = 6;

    /// <summary>A re-run gave another result.</summary>
    public const int NotReproducible = 7;

    /// <summary>The user stopped the work.</summary>
    public const int Cancelled = 130;

    /// <summary>Gives the exit code that <paramref name="id"/> maps to.</summary>
    public static int ExitCode(this ErrorId id) =>
        id switch
        {
            ErrorId.NameInvalid
            or ErrorId.MetricBoundInvalid
            or ErrorId.FilterSyntax
            or ErrorId.ExpressionSyntax
            or ErrorId.FileFormatInvalid
            or ErrorId.RowInvalid
            or ErrorId.DuplicateKey
            or ErrorId.SchemaMismatch
            or ErrorId.FeatureSetExists
            or ErrorId.FileExists
            or ErrorId.SpecInvalid
            or ErrorId.PolicyInvalid => WrongInput,
            ErrorId.RiskDenied => RiskDenied,
            ErrorId.DriftDetected => Drift,
            ErrorId.StoreNotFound
            or ErrorId.AlphaNotFound
            or ErrorId.FeatureSetNotFound
            or ErrorId.RunNotFound
            or ErrorId.PathNotFound => NotThere,
            ErrorId.StoreLocked
            or ErrorId.StoreReadOnly
            or ErrorId.StoreCorrupt
            or ErrorId.StoreTooNew
            or ErrorId.DiskFull
            or ErrorId.VersionConflict => StoreUnusable,
            ErrorId.NotReproducible => NotReproducible,
            _ => Failure,
        };
}
