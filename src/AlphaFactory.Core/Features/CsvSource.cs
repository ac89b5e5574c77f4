using System.Text;
using Sylvan.Data.Csv;

namespace AlphaFactory.Core.Features;

/// <summary>
/// Reads one CSV file row by row: UTF-8 (or UTF-16 with a byte-order mark), plain or gzip, with one header line.
/// Empty lines are no rows.
/// </summary>
internal sealed class CsvSource : RowSource
{
    // A record longer than this is a quote that was never closed.
    private const int LongestRecord = 1 << 22;

    private readonly FileStream _file;
    private readonly Stream? _gzip;
    private readonly StreamReader _text;
    private readonly CsvDataReader _reader;
    private readonly string _path;
    private long _nextLine = 1;
    private long _line;

    private CsvSource(string path, char? delimiter)
    {
        _path = path;
        _file = FileSource.Open(path);
        try
        {
            _gzip = GzipMembers.Open(_file);
            var encoding = new UTF8Encoding(
                encoderShouldEmitUTF8Identifier: false,
                throwOnInvalidBytes: true
            );
            _text = new StreamReader(_gzip ?? _file, encoding, true, 1 << 16);
            var options = new CsvDataReaderOptions
            {
                HasHeaders = false,
                Delimiter = delimiter,
                BufferSize = 1 << 16,
                MaxBufferSize = LongestRecord,
            };
            _reader = Create(options);
            Header = ReadHeader();
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override string Description => $"file '{Path.GetFileName(_path)}'";

    /// <inheritdoc/>
    public override string? File => _path;

    /// <summary>The names of the columns, without outer white space.</summary>
    public override IReadOnlyList<string> Header { get; }

    /// <inheritdoc/>
    public override long? Line => _line;

    /// <inheritdoc/>
    public override double Fraction => _file.Length == 0 ? 1 : (double)_file.Position / _file.Length;

    /// <summary>Opens a file and reads its header.</summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.PathNotFound"/> or <see cref="ErrorId.FileFormatInvalid"/>.
    /// </exception>
    public static CsvSource Open(string path, char? delimiter) => new(path, delimiter);

    /// <inheritdoc/>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.RowInvalid"/>: a stray quote, after which nothing can be read;
    /// <see cref="ErrorId.FileFormatInvalid"/>: the file is not text or is damaged.
    /// </exception>
    public override bool Read()
    {
        while (ReadRecord())
        {
            var fields = _reader.RowFieldCount;
            if (fields == 1 && Header.Count > 1 && _reader.GetFieldSpan(0).IsWhiteSpace())
            {
                continue;
            }

            Row++;
            Fault =
                fields == Header.Count
                    ? null
                    : new RowFault(
                        null,
                        null,
                        $"the row has {fields} {(fields == 1 ? "field" : "fields")}, the header {Header.Count}. "
                            + "Correct the row, or put a field that contains the delimiter in quotes."
                    );
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public override bool IsMissing(int column, bool isEntity) =>
        isEntity ? Field(column).IsEmpty : FieldText.IsMissing(Field(column));

    /// <inheritdoc/>
    public override void Infer(int column, TypeInference inference) => inference.Add(Field(column));

    /// <inheritdoc/>
    /// <remarks>A text keeps its spaces, but for those around a name.</remarks>
    public override bool TryAppend(int column, ColumnData target, bool isEntity) =>
        target.TryAppend(
            target.Type == FeatureType.Text && !isEntity ? _reader.GetFieldSpan(column) : Field(column)
        );

    /// <inheritdoc/>
    public override FieldOutcome Take(int column, ColumnData target, bool isEntity)
    {
        var whole = _reader.GetFieldSpan(column);
        var field = whole.Trim();
        if (isEntity ? field.IsEmpty : FieldText.IsMissing(field))
        {
            return FieldOutcome.Missing;
        }

        return target.TryAppend(target.Type == FeatureType.Text && !isEntity ? whole : field)
            ? FieldOutcome.Taken
            : FieldOutcome.Misfit;
    }

    /// <inheritdoc/>
    public override string Text(int column) => Field(column).ToString();

    /// <inheritdoc/>
    public override string RowText() => _reader.GetRawRecordSpan().TrimEnd("\r\n").ToString();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _reader.Dispose();
            _text.Dispose();
            _gzip?.Dispose();
            _file.Dispose();
        }

        base.Dispose(disposing);
    }

    private ReadOnlySpan<char> Field(int column) => _reader.GetFieldSpan(column).Trim();

    private string[] ReadHeader()
    {
        if (!ReadRecord())
        {
            throw Malformed("is empty. It needs a header line and rows.");
        }

        var header = new string[_reader.RowFieldCount];
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < header.Length; i++)
        {
            header[i] = Field(i).ToString();
            if (header[i].Any(char.IsControl))
            {
                throw Malformed("is not a CSV file: its first line is not text.");
            }

            if (header[i].Length == 0)
            {
                throw Malformed($"has no header over column {i + 1}. Every column needs a name.");
            }

            if (!seen.Add(header[i]))
            {
                throw Malformed($"has the header '{header[i]}' twice (case does not count). Rename one.");
            }
        }

        return header;
    }

    private CsvDataReader Create(CsvDataReaderOptions options)
    {
        try
        {
            return CsvDataReader.Create(_text, options);
        }
        catch (Exception error) when (IsOfFile(error))
        {
            throw Explain(error);
        }
    }

    private bool ReadRecord()
    {
        try
        {
            if (!_reader.Read())
            {
                return false;
            }
        }
        catch (Exception error) when (IsOfFile(error))
        {
            throw Explain(error);
        }

        _line = _nextLine;
        var record = _reader.GetRawRecordSpan();
        _nextLine += Math.Max(1, record.Count('\n'));
        return true;
    }

    /// <summary>Whether the file's content is what made a reader stop.</summary>
    private static bool IsOfFile(Exception error) =>
        error
            is CsvRecordTooLargeException
                or CsvFormatException
                or DecoderFallbackException
                or InvalidDataException
                or EndOfStreamException;

    private AlphaFactoryException Explain(Exception error)
    {
        switch (error)
        {
            case CsvRecordTooLargeException:
                return Malformed(
                    $"has a record of over {LongestRecord:N0} characters after line {_nextLine}: "
                        + "is a quote never closed?",
                    error
                );
            case CsvFormatException:
                Row++;
                _line = _nextLine;
                return Invalid(new RowFault(null, null, error.Message));
            case DecoderFallbackException:
                return Malformed($"is not UTF-8 text near line {_nextLine}. Save it as UTF-8.", error);
            default:
                return Malformed($"is a damaged gzip file: {error.Message}", error);
        }
    }

    private AlphaFactoryException Malformed(string what, Exception? inner = null) =>
        FileSource.Malformed(_path, what, inner);
}
