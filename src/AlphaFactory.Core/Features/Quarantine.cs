using System.Globalization;
using System.Text;
using AlphaFactory.Core.Provenance;

namespace AlphaFactory.Core.Features;

/// <summary>The rows that an import leaves out, in a file of the version's folder: where each was, and why.</summary>
/// <param name="folder">The folder of the version to be.</param>
internal sealed class Quarantine(string folder) : IDisposable
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "quarantine.csv";

    private StreamWriter? _writer;

    /// <summary>How many rows it holds.</summary>
    public long Rows { get; private set; }

    /// <summary>The error of the first row, or null.</summary>
    public string? First { get; private set; }

    /// <summary>Adds the current row of a source.</summary>
    public void Add(RowSource source, RowFault fault)
    {
        if (_writer is null)
        {
            _writer = new StreamWriter(
                new FileStream(Path.Combine(folder, FileName), FileMode.CreateNew, FileAccess.Write),
                new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)
            )
            {
                NewLine = "\n",
            };
            _writer.WriteLine("file,row,line,column,value,reason,text");
            First = source.Invalid(fault).Message;
        }

        Rows++;
        _writer.WriteLine(
            string.Join(
                ',',
                new[]
                {
                    Path.GetFileName(source.File) ?? "",
                    source.Row.ToString(CultureInfo.InvariantCulture),
                    source.Line?.ToString(CultureInfo.InvariantCulture) ?? "",
                    fault.Column ?? "",
                    fault.Value ?? "",
                    fault.Reason,
                    source.RowText(),
                }.Select(CsvText.Field)
            )
        );
    }

    /// <summary>Flushes and closes the file.</summary>
    /// <returns>What the manifest says of it; null when there is none.</returns>
    public ManifestQuarantine? Finish()
    {
        if (_writer is null)
        {
            return null;
        }

        _writer.Flush();
        ((FileStream)_writer.BaseStream).Flush(flushToDisk: true);
        _writer.Dispose();
        _writer = null;
        var path = Path.Combine(folder, FileName);
        return new ManifestQuarantine(FileName, new FileInfo(path).Length, ContentHash.OfFile(path), Rows);
    }

    /// <inheritdoc/>
    public void Dispose() => _writer?.Dispose();
}
