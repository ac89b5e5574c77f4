using System.Management.Automation;
using AlphaFactory.Cmdlets.Completion;
using AlphaFactory.Core;
using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets;

/// <summary>
/// What cmdlets share that change alphas: which ones, by pipeline or by name, and batches that are committed
/// whole.
/// </summary>
public abstract class AlphaTargetCmdlet : HeldStoreCmdlet
{
    private protected const string InputSet = "Input";
    private protected const string NameSet = "Name";

    private readonly HashSet<(string Store, string Name, int Version)> _seen = [];
    private readonly PipelineBatch<Alpha> _pending = new(AlphaRegistry.BatchSize);

    /// <summary>The alphas, as <c>Get-Alpha</c> gives them, in the store that they are from.</summary>
    [Parameter(ParameterSetName = InputSet, Mandatory = true, ValueFromPipeline = true)]
    public Alpha[] InputObject { get; set; } = [];

    /// <summary>Names, with wildcards.</summary>
    [Parameter(
        ParameterSetName = NameSet,
        Mandatory = true,
        Position = 0,
        ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true
    )]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AlphaNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Versions: any of them.</summary>
    [Parameter(ParameterSetName = NameSet, ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, int.MaxValue)]
    public int[] Version { get; set; } = [];

    /// <summary>Whether a name without a version means its newest one, and not all of them.</summary>
    private protected abstract bool NewestOnly { get; }

    /// <summary>What is done to each, for -WhatIf and -Confirm.</summary>
    private protected abstract string Action { get; }

    /// <summary>Does it to a batch.</summary>
    private protected abstract void Apply(AlphaRegistry registry, IReadOnlyList<Alpha> alphas);

    /// <summary>Writes the error of one alpha; the rest goes on.</summary>
    private protected void WriteError(AlphaFactoryException error) => WriteError(Errors.Record(error));

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == InputSet)
        {
            foreach (var alpha in InputObject)
            {
                Add(alpha, Store is null ? alpha.Store : StorePath);
            }
        }
        else
        {
            foreach (var alpha in Name.SelectMany(Find))
            {
                Add(alpha, StorePath);
            }
        }

        if (_pending.IsDue)
        {
            Flush();
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => Flush();

    private List<Alpha> Find(string name)
    {
        var registry = new AlphaRegistry(Open(StorePath));
        int?[] versions = Version.Length == 0 ? [null] : [.. Version];
        if (!versions.All(version => TryRun(() => registry.RequireExists(name, version), name, out _)))
        {
            return [];
        }

        var query = new AlphaQuery
        {
            Names = [name],
            Versions = Version,
            Latest = NewestOnly && Version.Length == 0,
        };
        return [.. Stream(registry.Search(query, Context))];
    }

    private void Add(Alpha alpha, string path)
    {
        // Several names may match the same one.
        if (
            _seen.Add((path, alpha.Name, alpha.Version))
            && ShouldProcess($"alpha '{alpha}' in store '{path}'", Action)
        )
        {
            Open(path);
            _pending.Add(alpha);
        }
    }

    // What waits belongs to the store that was held before.
    private AlphaStore Open(string path)
    {
        if (!Holds(path))
        {
            Flush();
        }

        return Run(() => Hold(path, each => AlphaStore.Open(each)), path)!;
    }

    private void Flush()
    {
        var batch = _pending.Take();
        if (batch.Count > 0)
        {
            Apply(new AlphaRegistry(Held!), batch);
        }
    }
}
