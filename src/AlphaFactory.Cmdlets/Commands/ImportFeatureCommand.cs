using System.Management.Automation;
using AlphaFactory.Cmdlets.Binding;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Cmdlets.Commands;

/// <summary>
/// Reads files or objects into a new, immutable version of a feature set. Content that the set holds already gives
/// the version that has it.
/// </summary>
[Cmdlet(VerbsData.Import, "Feature", SupportsShouldProcess = true, DefaultParameterSetName = PathSet)]
[OutputType(typeof(FeatureSet))]
public sealed partial class ImportFeatureCommand : StoreCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";
    private const string InputSet = "InputObject";

    private readonly List<string> _paths = [];
    private ObjectRows? _rows;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        _paths.AddRange(
            Path.SelectMany(path => Run(() => Files(path), path)).Concat(LiteralPath.Select(FullPath))
        );
        foreach (var item in InputObject)
        {
            Take(item);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var what = _rows is null ? string.Join(", ", _paths) : $"{_rows.Count} objects";
        if (ShouldProcess(Name, $"Import {what}"))
        {
            WriteObject(Run(Import, Name));
        }
    }

    private FeatureSet Import()
    {
        var request = new ImportRequest
        {
            Name = Name,
            Paths = _paths,
            Rows = _rows,
            Time = Time,
            Entity = Entity,
            Known = KnownAt,
            Schema = FeatureTypes.Schema(Schema),
            Mode = Mode,
            Delimiter = Delimiter,
            DateFormat = DateFormat,
            Duplicates = DuplicatePolicy,
            OnError = OnError,
            ExpectedVersion = ExpectedVersion,
        };
        using var store = AlphaStore.OpenOrCreate(StorePath);
        return new FeatureStore(store).Import(request, Context).Set;
    }

    private void Take(PSObject item)
    {
        switch (item.BaseObject)
        {
            case string path:
                _paths.AddRange(Run(() => Files(path), path));
                break;
            case FileSystemInfo file:
                _paths.Add(file.FullName);
                break;
            default:
                _rows ??= new ObjectRows();
                Run(() => _rows.Add(Rows.Fields(item)), item);
                break;
        }
    }
}
