using System.Collections.ObjectModel;
using System.Management.Automation;
using AlphaFactory.Cmdlets.Scripts;
using AlphaFactory.Core;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets;

/// <summary>
/// What every cmdlet of the module shares: the store's path, one token that Ctrl+C cancels, and the way from
/// Core's errors to PowerShell's.
/// </summary>
public abstract class StoreCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private StrategyRunner? _scripts;
    private string? _storePath;

    /// <summary>
    /// The store's folder. Without it, <c>$env:ALPHAFACTORY_STORE</c>, else <c>alphafactory</c> in the user's
    /// local application data.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Store { get; set; }

    /// <summary>The store's folder as a full path.</summary>
    private protected string StorePath => _storePath ??= FullPath(Store ?? AlphaStore.DefaultPath);

    /// <summary>What Core gets: the token, and this cmdlet's streams.</summary>
    private protected OperationContext Context =>
        new()
        {
            Cancellation = _stop.Token,
            Warn = WriteWarning,
            Verbose = WriteVerbose,
            Progress = Report,
            Scripts = path => (_scripts ??= new StrategyRunner()).Open(path),
        };

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the cmdlet holds; PowerShell calls it however the pipeline ends.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Dispose();
            _scripts?.Dispose();
        }
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _stop.Cancel();

    /// <summary>The full file-system path of a path as the user typed it, whether or not it exists.</summary>
    /// <exception cref="PipelineStoppedException">It is no path of a file system; the error ends the command.</exception>
    private protected string FullPath(string path)
    {
        if (IsPlain(path))
        {
            return Path.GetFullPath(path);
        }

        try
        {
            var full = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            return provider.Name == "FileSystem"
                ? full
                : throw new NotSupportedException(
                    $"'{path}' is a path of {provider.Name}, not of a file system."
                );
        }
        catch (Exception error) when (error is SessionStateException or NotSupportedException)
        {
            ThrowTerminatingError(
                Errors.Record(new AlphaFactoryException(ErrorId.PathNotFound, error.Message, error), path)
            );
            throw;
        }
    }

    // Where there are no drive letters, PowerShell makes the same of such a path, but reads the table of mounts first.
    private static bool IsPlain(string path) =>
        !OperatingSystem.IsWindows() && path.StartsWith('/') && path.IndexOfAny(['\\', '\0']) < 0;

    /// <summary>
    /// The files that a path with wildcards names, in ordinal order, so that they come in the same order on every
    /// machine. A path without goes on as it is: whether it exists is for Core to say.
    /// </summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.PathNotFound"/>: no file matches.</exception>
    private protected IReadOnlyList<string> Files(string path)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(path))
        {
            return [FullPath(path)];
        }

        Collection<string> found;
        try
        {
            found = SessionState.Path.GetResolvedProviderPathFromPSPath(path, out _);
        }
        catch (SessionStateException error)
        {
            throw new AlphaFactoryException(ErrorId.PathNotFound, error.Message, error) { Target = path };
        }

        return found.Count > 0
            ? [.. found.Order(StringComparer.Ordinal)]
            : throw new AlphaFactoryException(ErrorId.PathNotFound, $"No file matches '{path}'.");
    }

    /// <summary>Runs work without which nothing can proceed: an error ends the command.</summary>
    private protected T Run<T>(Func<T> work, object? target = null)
    {
        if (Attempt(work, target, out var result) is { } error)
        {
            ThrowTerminatingError(error);
        }

        return result!;
    }

    /// <summary>Runs work on one item of the pipeline: an error is written, and the rest goes on.</summary>
    /// <returns>Whether there is a result.</returns>
    private protected bool TryRun<T>(Func<T> work, object? target, out T result)
    {
        var error = Attempt(work, target, out var value);
        result = value!;
        if (error is not null)
        {
            WriteError(error);
        }

        return error is null;
    }

    /// <summary>Goes through a sequence that Core computes on the way: an error in it ends the command.</summary>
    private protected IEnumerable<T> Stream<T>(IEnumerable<T> items, object? target = null)
    {
        using var enumerator = items.GetEnumerator();
        while (Run(enumerator.MoveNext, target))
        {
            yield return enumerator.Current;
        }
    }

    private static ErrorRecord? Attempt<T>(Func<T> work, object? target, out T? result)
    {
        result = default;
        try
        {
            result = work();
            return null;
        }
        catch (AlphaFactoryException error)
        {
            return Errors.Record(error, target);
        }
        catch (OperationCanceledException error)
        {
            throw new PipelineStoppedException(error.Message, error);
        }
    }

    private void Report(ProgressReport report) =>
        WriteProgress(
            new ProgressRecord(0, report.Activity, report.Status)
            {
                PercentComplete = report.PercentComplete is { } percent
                    ? (int)Math.Clamp(percent, 0, 100)
                    : -1,
                SecondsRemaining = report.Remaining is { } left
                    ? (int)Math.Min(left.TotalSeconds, int.MaxValue)
                    : -1,
            }
        );
}
