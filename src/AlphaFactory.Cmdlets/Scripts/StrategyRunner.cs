using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using AlphaFactory.Cmdlets.Binding;
using AlphaFactory.Core;
using AlphaFactory.Core.Experiments;

namespace AlphaFactory.Cmdlets.Scripts;

/// <summary>
/// Runs users' strategies. Each evaluation gets a runspace of its own that knows nothing of the session, with its
/// variables reset, in the invariant culture: what a strategy gives depends on its files and its inputs alone, on
/// whatever thread it runs.
/// </summary>
internal sealed class StrategyRunner : IDisposable
{
    private readonly ConcurrentBag<Runspace> _idle = [];

    /// <summary>Makes a script ready.</summary>
    /// <param name="path">The script, a full path.</param>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.PathNotFound"/> or <see cref="ErrorId.SpecInvalid"/>.</exception>
    public StrategyScript Open(string path)
    {
        var files = StrategyFiles.Find(path);
        var takesRandom = StrategyFiles.Takes(path, "Random");
        return new StrategyScript(
            files,
            (panel, parameters, random, cancellation) =>
                Invoke(path, panel, parameters, takesRandom ? random : null, cancellation)
        );
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_idle.TryTake(out var runspace))
        {
            runspace.Dispose();
        }
    }

    private List<object?> Invoke(
        string path,
        StrategyPanel panel,
        ParameterValues parameters,
        Random? random,
        CancellationToken cancellation
    )
    {
        cancellation.ThrowIfCancellationRequested();
        var runspace = Take(Path.GetDirectoryName(path)!);
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
            using var shell = PowerShell.Create();
            shell.Runspace = runspace;
            shell.AddCommand(path).AddParameter("Panel", panel).AddParameter("Parameters", Table(parameters));
            if (random is not null)
            {
                shell.AddParameter("Random", random);
            }

            using var stop = cancellation.Register(() => shell.BeginStop(null, null));
            var output = shell.Invoke();
            cancellation.ThrowIfCancellationRequested();
            if (shell.Streams.Error is [var error, ..])
            {
                throw Failed(path, error, null);
            }

            return [.. output.Select(Plain)];
        }
        catch (PipelineStoppedException error) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(error.Message, error, cancellation);
        }
        catch (RuntimeException error)
        {
            throw Failed(path, error.ErrorRecord, error);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
            Return(runspace);
        }
    }

    private Runspace Take(string folder)
    {
        if (!_idle.TryTake(out var runspace))
        {
            runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
            runspace.ThreadOptions = PSThreadOptions.UseCurrentThread;
            runspace.Open();
        }

        runspace.SessionStateProxy.Path.SetLocation(
            System.Management.Automation.WildcardPattern.Escape(folder)
        );
        return runspace;
    }

    private void Return(Runspace runspace)
    {
        if (runspace.RunspaceStateInfo.State == RunspaceState.Opened)
        {
            runspace.ResetRunspaceState();
            _idle.Add(runspace);
        }
        else
        {
            runspace.Dispose();
        }
    }

    // A table of its own for each run, without case, as users write it.
    private static Hashtable Table(ParameterValues parameters)
    {
        var table = new Hashtable(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in parameters)
        {
            table[name] = value;
        }

        return table;
    }

    /// <summary>The .NET object behind a row: an object with properties is a table of them.</summary>
    private static object? Plain(PSObject? row)
    {
        switch (row?.BaseObject)
        {
            case null:
                return null;
            case PSCustomObject:
                var table = new Hashtable(StringComparer.Ordinal);
                foreach (var property in row.Properties)
                {
                    table[property.Name] = Tables.Unwrap(property.Value);
                }

                return table;
            case IDictionary dictionary:
                return Tables
                    .Entries(dictionary)
                    .ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
            case IList list:
                return list.Cast<object?>().Select(Tables.Unwrap).ToList();
            case var plain:
                return plain;
        }
    }

    private static AlphaFactoryException Failed(string path, ErrorRecord error, Exception? cause)
    {
        var place = error.InvocationInfo;
        var file = string.IsNullOrEmpty(place?.ScriptName) ? path : place.ScriptName;
        var line =
            place?.ScriptLineNumber > 0
                ? string.Create(CultureInfo.InvariantCulture, $", line {place.ScriptLineNumber}")
                : "";
        return new AlphaFactoryException(
            ErrorId.SpecInvalid,
            $"The strategy failed in '{file}'{line}: {error.Exception?.Message ?? error.ToString()}",
            cause
        )
        {
            Target = path,
        };
    }
}
