using System.IO.Compression;
using System.Text;
using Sylvan.Data.Csv;

namespace AlphaFactory.Core.Features;

/// <summary>
/// Reads one CSV file row by row: UTF-8 (or UTF-16 with a byte-order mark), plain or gzip, with one header line.
/// Rows are counted from 1 after the header; empty lines are no rows.
/// </summary>
internal sealed class CsvSource : IDisposable
{
    // A record longer than this is a quote that was never closed.
    private const int LongestRecord = 1 << 22;

    private readonly FileStream _file;
    private readonly CheckedGzip? _gzip;
    private readonly StreamReader _text;
    private readonly CsvDataReader _reader;
    private long _nextLine = 1;

    private CsvSource(string path, char? delimiter)
    {
        Path = path;
        _file = OpenFile(path);
        try
        {
            _gzip = CheckedGzip.Open(_file);
            var encoding = new UTF8Encoding(
                encoderShouldEmitUTF8Identifier: false,
                throwOnInvalidBytes: true
            );
            _text = new StreamReader(_gzip?.Stream ?? _file, encoding, true, 1 << 16);
            var options = new CsvDataReaderOptions
            {
                HasHeaders = false,
                Delimiter = delimiter,
                BufferSize = 1 << 16,
                MaxBufferSize = LongestRecord,
            };
            _reader = Guard(() => CsvDataReader.Create(_text, options));
            Header = ReadHeader();
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The names of the columns, without outer white space.</summary>
    public IReadOnlyList<string> Header { get; }

    /// <summary>The number of the current row, from 1.</summary>
    public long Row { get; private set; }

    /// <summary>The line of the file on which the current row starts, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>How many bytes of the file have been read.</summary>
    public long Position => _file.Position;

    /// <summary>Opens a file and reads its header.</summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.PathNotFound"/> or <see cref="ErrorId.FileFormatInvalid"/>.
    /// </exception>
    public static CsvSource Open(string path, char? delimiter) => new(path, delimiter);

    /// <summary>Goes to the next row.</summary>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.RowInvalid"/>: the row has too few or too many fields, or a stray quote;
    /// <see cref="ErrorId.FileFormatInvalid"/>: the file is not text or is damaged.
    /// </exception>
    public bool Read()
    {
        while (ReadRecord())
        {
            var fields = _reader.RowFieldCount;
            if (fields == 1 && Header.Count > 1 && _reader.GetFieldSpan(0).IsWhiteSpace())
            {
                continue;
            }

            Row++;
            return fields == Header.Count
                ? true
                : throw Invalid(
                    null,
                    $"the row has {fields} {(fields == 1 ? "field" : "fields")}, the header {Header.Count}. "
                        + "Correct the row, or put a field that contains the delimiter in quotes."
                );
        }

        return false;
    }

    /// <summary>A field's text without outer white space; valid until the next <see cref="Read"/>.</summary>
    public ReadOnlySpan<char> Field(int column) => _reader.GetFieldSpan(column).Trim();

    /// <summary>A field's text as it stands; valid until the next <see cref="Read"/>.</summary>
    public ReadOnlySpan<char> RawField(int column) => _reader.GetFieldSpan(column);

    /// <summary>The error of the current row.</summary>
    public AlphaFactoryException Invalid(string? column, string what)
    {
        var where = column is null ? "" : $", column '{column}'";
        return new AlphaFactoryException(
            ErrorId.RowInvalid,
            $"file '{System.IO.Path.GetFileName(Path)}', row {Row} (line {Line}){where}: {what}"
        )
        {
            Target = Path,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader.Dispose();
        _text.Dispose();
        _gzip?.Dispose();
        _file.Dispose();
    }

    private static FileStream OpenFile(string path)
    {
        if (Directory.Exists(path))
        {
            throw NotThere(path, $"'{path}' is a folder. Name its files, as in '*.csv'.", null);
        }

        try
        {
            return new FileStream(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete,
                1 << 16,
                FileOptions.SequentialScan
            );
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw NotThere(path, $"There is no file at '{path}'.", error);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw NotThere(path, $"'{path}' cannot be opened: {error.Message}", error);
        }
    }

    private static AlphaFactoryException NotThere(string path, string message, Exception? inner) =>
        new(ErrorId.PathNotFound, message, inner) { Target = path };

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

    private bool ReadRecord()
    {
        if (!Guard(_reader.Read))
        {
            Guard(() => _gzip?.Verify() ?? true);
            return false;
        }

        Line = _nextLine;
        var record = _reader.GetRawRecordSpan();
        _nextLine += Math.Max(1, record.Count('\n'));
        return true;
    }

    private T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (CsvRecordTooLargeException error)
        {
            throw Malformed(
                $"has a record of over {LongestRecord:N0} characters after line {_nextLine}: "
                    + "is a quote never closed?",
                error
            );
        }
        catch (CsvFormatException error)
        {
            Row++;
            Line = _nextLine;
            throw Invalid(null, error.Message);
        }
        catch (DecoderFallbackException error)
        {
            throw Malformed($"is not UTF-8 text near line {_nextLine}. Save it as UTF-8.", error);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw Malformed($"is a damaged gzip file: {error.Message}", error);
        }
    }

    private AlphaFactoryException Malformed(string what, Exception? inner = null) =>
        new(ErrorId.FileFormatInvalid, $"file '{System.IO.Path.GetFileName(Path)}' {what}", inner)
        {
            Target = Path,
        };

    /// <summary>
    /// A gzip stream that notices a file cut short, which <see cref="GZipStream"/> reads as if it ended there: the
    /// last four bytes of the file hold the size of the content.
    /// </summary>
    private sealed class CheckedGzip : IDisposable
    {
        private readonly uint _expected;
        private readonly CountingStream _counter;

        private CheckedGzip(Stream file, uint expected)
        {
            _expected = expected;
            _counter = new CountingStream(new GZipStream(file, CompressionMode.Decompress));
        }

        public Stream Stream => _counter;

        /// <summary>A stream over a gzip file; null when the file is no gzip.</summary>
        public static CheckedGzip? Open(FileStream file)
        {
            Span<byte> bytes = stackalloc byte[4];
            var isGzip =
                file.CanSeek
                && file.Length >= 18
                && file.ReadAtLeast(bytes, 2, throwOnEndOfStream: false) >= 2
                && bytes[0] == 0x1F
                && bytes[1] == 0x8B;
            if (!isGzip)
            {
                if (file.CanSeek)
                {
                    file.Position = 0;
                }

                return null;
            }

            file.Seek(-4, SeekOrigin.End);
            file.ReadExactly(bytes);
            file.Position = 0;
            return new CheckedGzip(
                file,
                System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(bytes)
            );
        }

        public bool Verify() =>
            unchecked((uint)_counter.Total) == _expected
                ? true
                : throw new InvalidDataException(
                    "it is cut short, or made of several gzip members. Unpack it, and import the CSV."
                );

        public void Dispose() => _counter.Dispose();
    }

    private sealed class CountingStream(Stream inner) : Stream
    {
        public long Total { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => Total;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var read = inner.Read(buffer);
            Total += read;
            return read;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
