namespace AlphaFactory.Host;

/// <summary>The exit codes that the Host gives by itself; those of errors come from <c>Get-AlphaExitCode</c>.</summary>
internal static class ExitCode
{
    /// <summary>Done, with no error that reached the user.</summary>
    public const int Done = 0;

    /// <summary>A failure that has no code of its own.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong.</summary>
    public const int WrongInput = 2;

    /// <summary>The script is not there.</summary>
    public const int NotThere = 5;

    /// <summary>Stopped by Ctrl+C.</summary>
    public const int Cancelled = 130;

    /// <summary>Stopped by a request to terminate.</summary>
    public const int Terminated = 143;
}
