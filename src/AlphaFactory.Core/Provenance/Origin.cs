namespace AlphaFactory.Core.Provenance;

/// <summary>What something was made with: the code's git state, the module, the user and the machine. Null is not known.</summary>
/// <param name="GitCommit">The commit that was checked out.</param>
/// <param name="GitDirty">Whether the code differed from it.</param>
/// <param name="ModuleVersion">The version of AlphaFactory.</param>
/// <param name="User">The user's name.</param>
/// <param name="Machine">The machine's name.</param>
public sealed record Origin(
    string? GitCommit,
    bool? GitDirty,
    string? ModuleVersion,
    string? User,
    string? Machine
)
{
    /// <summary>Nothing is known.</summary>
    public static Origin Unknown { get; } = new(null, null, null, null, null);

    /// <summary>What is made now by this process.</summary>
    /// <param name="folder">The working folder; null says nothing of git.</param>
    /// <param name="codeFiles">The files that the code is in, full paths; the repository is then that around the first.</param>
    public static Origin Here(string? folder, IReadOnlyList<string> codeFiles)
    {
        ArgumentNullException.ThrowIfNull(codeFiles);
        var place = codeFiles.Count > 0 ? Path.GetDirectoryName(codeFiles[0]) : folder;
        var commit = place is null ? null : GitState.FindCommit(place);
        var environment = RunEnvironment.Current;
        return new Origin(
            commit,
            commit is null ? null : GitState.FindDirty(place!, codeFiles),
            environment.ModuleVersion,
            environment.User,
            environment.Machine
        );
    }
}
