using System.Globalization;
using System.Text;
using System.Text.Json;
using AlphaFactory.Core.Storage;
using Sylvan.Data.Csv;

namespace AlphaFactory.Core.Registry;

/// <summary>
/// Reads what <see cref="AlphaCsv"/> writes, and what a hand or a spreadsheet made of it: columns in any order, only
/// the name is needed, and fields may be separated by semicolons or tabs.
/// </summary>
internal static class AlphaCsvReader
{
    // A record longer than this is a quote that was never closed.
    private const int LongestRecord = 1 << 27;

    /// <summary>Reads the rows of a file.</summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.FileFormatInvalid"/> or <see cref="ErrorId.RowInvalid"/>.
    /// </exception>
    public static List<ImportRow> Read(string path, Stream stream, CancellationToken cancellation)
    {
        var encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        var number = 0L;
        try
        {
            var delimiter = Delimiter(stream, encoding);
            using var text = new StreamReader(stream, encoding, detectEncodingFromByteOrderMarks: true);
            var options = new CsvDataReaderOptions
            {
                HasHeaders = false,
                Delimiter = delimiter,
                // No line is a comment: '#' may begin a description.
                Comment = '\0',
                MaxBufferSize = LongestRecord,
            };
            using var csv = CsvDataReader.Create(text, options);
            var columns = csv.Read()
                ? Columns(path, Fields(csv))
                : throw Malformed(path, "is empty. It needs a header line, as Export-Alpha writes it.");
            var rows = new List<ImportRow>();
            while (csv.Read())
            {
                cancellation.ThrowIfCancellationRequested();
                number++;
                var cells = Fields(csv);
                if (cells is [""] && columns.Length > 1)
                {
                    continue;
                }

                rows.Add(Row(new RowPlace(path, "row", number), columns, cells));
            }

            return rows;
        }
        catch (CsvRecordTooLargeException error)
        {
            throw Malformed(
                path,
                $"has a record that does not end after row {number}: is a quote never closed?",
                error
            );
        }
        catch (CsvFormatException error)
        {
            throw new RowPlace(path, "row", number + 1).Invalid(null, error.Message, error);
        }
        catch (DecoderFallbackException error)
        {
            var after = number == 0 ? "" : FormattableString.Invariant($" after row {number}");
            throw Malformed(path, $"is not UTF-8 text{after}. Save it as UTF-8.", error);
        }
    }

    // A spreadsheet of a country that writes 1,5 separates fields with semicolons.
    private static char Delimiter(Stream stream, Encoding encoding)
    {
        using var text = new StreamReader(
            stream,
            encoding,
            detectEncodingFromByteOrderMarks: true,
            leaveOpen: true
        );
        var header = text.ReadLine() ?? "";
        stream.Position = 0;
        return header.Contains(',') ? ','
            : header.Contains(';') ? ';'
            : header.Contains('\t') ? '\t'
            : ',';
    }

    private static string[] Fields(CsvDataReader csv)
    {
        var fields = new string[csv.RowFieldCount];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = csv.GetFieldSpan(i).ToString();
        }

        return fields;
    }

    private static Column[] Columns(string path, string[] headers)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        Column[] columns = [.. headers.Select(header => ColumnOf(path, header))];
        foreach (var column in columns)
        {
            if (!seen.Add(column.Header))
            {
                throw Malformed(
                    path,
                    $"has the column '{column.Header}' twice (case does not count). Remove one."
                );
            }
        }

        return seen.Contains("name")
            ? columns
            : throw Malformed(
                path,
                "has no column 'name'. Alphas are read from files as Export-Alpha writes them: the first line names "
                    + "the columns."
            );
    }

    private static Column ColumnOf(string path, string header)
    {
        if (Named(header, AlphaCsv.MetricPrefix) is { } metric)
        {
            return new Column(ColumnKind.Metric, header, metric);
        }

        if (Named(header, AlphaCsv.ParameterPrefix) is { } parameter)
        {
            return new Column(ColumnKind.Parameter, header, parameter);
        }

        var field = AlphaFields.All.FirstOrDefault(name =>
            name.Equals(header.Trim(), StringComparison.OrdinalIgnoreCase)
        );
        return field is not null
            ? new Column(ColumnKind.Field, field, field)
            : throw Malformed(
                path,
                $"has a column '{AlphaFields.Shown(header)}', which alphas do not have. A metric's column is "
                    + $"'{AlphaCsv.MetricPrefix}<name>' and a parameter's '{AlphaCsv.ParameterPrefix}<name>'."
                    + Nearest.Hint(header, AlphaFields.All)
            );
    }

    private static string? Named(string header, string prefix) =>
        header.Length > prefix.Length && header.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
            ? header[prefix.Length..]
            : null;

    private static ImportRow Row(RowPlace place, Column[] columns, string[] cells)
    {
        if (cells.Length != columns.Length)
        {
            throw place.Invalid(
                null,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the row has {cells.Length} fields, the header {columns.Length}. "
                ) + "Correct the row, or put a field that contains the separator in quotes."
            );
        }

        var fields = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        var metrics = new List<KeyValuePair<string, double>>();
        var parameters = new List<KeyValuePair<string, object>>();
        foreach (var (column, cell) in columns.Zip(cells))
        {
            if (column.Kind == ColumnKind.Field)
            {
                fields.Add(column.Name, Text(cell));
            }
            else if (cell.Length > 0 && column.Kind == ColumnKind.Metric)
            {
                metrics.Add(KeyValuePair.Create(column.Name, AlphaFields.Number(place, column.Header, cell)));
            }
            else if (cell.Length > 0)
            {
                parameters.Add(KeyValuePair.Create(column.Name, Parameter(place, column.Header, cell)));
            }
        }

        var tags = fields.GetValueOrDefault("tags") is { Length: > 0 } joined
            ? TagList.Parse([joined])
            : TagList.Empty;
        return AlphaFields.Read(
            place,
            fields,
            tags,
            new MetricValues(metrics),
            new ParameterValues(parameters)
        );
    }

    private static string Text(string cell) => cell.StartsWith('\'') ? cell[1..] : cell;

    private static object Parameter(RowPlace place, string column, string cell)
    {
        if (cell[0] == '"')
        {
            try
            {
                return JsonSerializer.Deserialize<string>(cell, StoreJson.Options)!;
            }
            catch (JsonException error)
            {
                throw place.Invalid(
                    column,
                    $"{AlphaFields.Shown(cell)} begins with a double quote but is no JSON text. Put '\'' before it if "
                        + "the quote is part of the text.",
                    error
                );
            }
        }

        if (cell[0] == '\'')
        {
            return cell[1..];
        }

        return long.TryParse(cell, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
                ? whole
            : double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
            : bool.TryParse(cell, out var flag) ? flag
            : AlphaCsv.LooksLikeTime().IsMatch(cell) && UtcDate.TryParse(cell, upperEnd: false, out var time)
                ? time
            : cell;
    }

    private static AlphaFactoryException Malformed(string path, string what, Exception? inner = null) =>
        new(ErrorId.FileFormatInvalid, $"file '{Path.GetFileName(path)}' {what}", inner) { Target = path };

    private enum ColumnKind
    {
        Field,
        Metric,
        Parameter,
    }

    private sealed record Column(ColumnKind Kind, string Header, string Name);
}
