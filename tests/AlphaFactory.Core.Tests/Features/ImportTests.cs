using System.Globalization;
using System.IO.Compression;
using System.Text;
using AlphaFactory.Core.Features;

namespace AlphaFactory.Core.Tests.Features;

public sealed class ImportTests : IDisposable
{
    private readonly FeatureBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void A_file_becomes_version_1_sorted_by_entity_and_time()
    {
        var set = _bench.Import(
            """
            time,entity,close,volume,open?,note
            2020-01-02,B,2.5,10,true,"a, ""quoted"" note"
            2020-01-01,B,1.5,20,false,
            2020-01-03,A,NaN,-,TRUE,x

            """
        );

        Assert.Equal(("x", 1, 3L, 2), (set.Name, set.Version, set.Rows, set.Entities));
        Assert.Equal(
            (FeatureBench.Day(2020, 1, 1), FeatureBench.Day(2020, 1, 3)),
            (set.From!.Value, set.To!.Value)
        );
        Assert.Equal(
            [
                new FeatureColumn("time", FeatureType.Timestamp, 0),
                new FeatureColumn("entity", FeatureType.Text, 0),
                new FeatureColumn("close", FeatureType.Double, 1),
                new FeatureColumn("volume", FeatureType.Long, 1),
                new FeatureColumn("open?", FeatureType.Bool, 0),
                new FeatureColumn("note", FeatureType.Text, 1),
            ],
            set.Columns
        );
        Assert.Equal(
            [
                [FeatureBench.Day(2020, 1, 3), "A", null, null, true, "x"],
                [FeatureBench.Day(2020, 1, 1), "B", 1.5, 20L, false, null],
                [FeatureBench.Day(2020, 1, 2), "B", 2.5, 10L, true, "a, \"quoted\" note"],
            ],
            _bench.Rows(set)
        );
        Assert.All(_bench.Rows(set), row => Assert.Equal(DateTimeKind.Utc, ((DateTime)row[0]!).Kind));
    }

    [Fact]
    public void A_bad_number_in_row_17_of_30_is_named_by_file_row_line_column_and_value()
    {
        var rows = Enumerable
            .Range(1, 30)
            .Select(i => FormattableString.Invariant($"2020-01-{i:00},{(i == 17 ? "1.2.3" : "1.5")}"));
        var path = _bench.File("x.csv", "time,close\n" + string.Join('\n', rows) + "\n");
        var error = _bench.Fail(
            new ImportRequest
            {
                Name = "x",
                Paths = [path],
                Time = "time",
            }
        );

        Assert.Equal(ErrorId.RowInvalid, error.Id);
        Assert.Equal(ExitCodes.WrongInput, error.Id.ExitCode());
        Assert.StartsWith(
            "file 'x.csv', row 17 (line 18), column 'close': '1.2.3' ",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Lines_count_what_rows_do_not()
    {
        var error = _bench.Fail(
            "time,a,b\n\n2020-01-01,\"two\nlines\",1\n\n2020-01-02,x,2\n2020-13-02,x,3\n"
        );

        Assert.Contains(
            "row 3 (line 7), column 'time': '2020-13-02'",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("1;2;3", FeatureType.Long)]
    [InlineData("1;2;3.5", FeatureType.Double)]
    [InlineData("1;2;3;4;5;6;7;8;9;10;11;12.5", FeatureType.Double)]
    [InlineData("1e3;.5;-inf", FeatureType.Double)]
    [InlineData("9223372036854775808;1", FeatureType.Double)]
    [InlineData("true;FALSE;", FeatureType.Bool)]
    [InlineData("2020-01-01;2020-01-01T10:00:00+02:00;", FeatureType.Timestamp)]
    [InlineData("a;1;2", FeatureType.Text)]
    [InlineData("1,5;2,5;3", FeatureType.Text)]
    [InlineData(";NA;n/a", FeatureType.Double)]
    [InlineData("01/02/2020;02/02/2020", FeatureType.Text)]
    public void A_column_takes_the_narrowest_type_that_fits(string values, FeatureType expected)
    {
        var rows = values
            .Split(';')
            .Select((value, i) => FormattableString.Invariant($"2020-01-{i + 1:00};{value}"));
        var set = _bench.Import("time;value\n" + string.Join('\n', rows));

        Assert.Equal(expected, set.Columns[1].Type);
    }

    [Fact]
    public void A_value_after_the_sample_does_not_change_the_type()
    {
        var csv = new StringBuilder("time,n\n");
        for (var i = 0; i <= 10_000; i++)
        {
            var time = UtcDate.Format(DateTime.UnixEpoch.AddHours(i));
            csv.Append(CultureInfo.InvariantCulture, $"{time},{(i < 10_000 ? "7" : "7.5")}\n");
        }

        var error = _bench.Fail(csv.ToString());

        Assert.Equal(ErrorId.RowInvalid, error.Id);
        Assert.Contains("row 10001 (line 10002), column 'n': '7.5'", error.Message, StringComparison.Ordinal);
        Assert.Equal(
            FeatureType.Double,
            _bench
                .Import(csv.ToString(), r => r with { Schema = Schema("N", FeatureType.Double) })
                .Columns[1]
                .Type
        );
    }

    [Fact]
    public void A_schema_says_what_digits_mean()
    {
        var set = _bench.Import(
            "time,code\n2020-01-01,007\n2020-01-02,008\n",
            r => r with { Schema = Schema("code", FeatureType.Text) }
        );

        Assert.Equal(["007", "008"], _bench.Rows(set).Select(row => row[1]));
    }

    [Theory]
    [InlineData("31/12/2019", "dd/MM/yyyy", "2019-12-31")]
    [InlineData("20191231 0930", "yyyyMMdd HHmm", "2019-12-31T09:30:00Z")]
    [InlineData("2019", "yyyy", "2019-01-01")]
    [InlineData("2019-12-31T23:00:00-05:00", null, "2020-01-01T04:00:00Z")]
    [InlineData("20191231", null, "2019-12-31")]
    [InlineData("2019-12-31 09:30:00.123456", null, "2019-12-31T09:30:00.123456Z")]
    public void Times_are_UTC_unless_they_say_otherwise(string text, string? format, string expected)
    {
        var set = _bench.Import($"time,v\n{text},1\n", r => r with { DateFormat = format });

        Assert.Equal(expected, UtcDate.Format((DateTime)_bench.Rows(set)[0][0]!));
    }

    [Theory]
    [InlineData("31/12/2019")]
    [InlineData("01/02/2020")]
    [InlineData("12:30:45")]
    [InlineData("2019-12-31T09:30:00.1234567Z")]
    [InlineData("5")]
    public void A_time_that_could_be_read_in_two_ways_is_refused(string text) =>
        Assert.Contains("-DateFormat", _bench.Fail($"time,v\n{text},1\n").Message, StringComparison.Ordinal);

    [Fact]
    public void Byte_order_marks_gzip_and_other_encodings_and_line_ends_are_read()
    {
        const string csv = "time, Exchange rate \r\n2020-01-01,\"1.5\"\r\n2020-01-02,2.5";
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(csv));
        }

        byte[][] forms =
        [
            Encoding.UTF8.GetBytes(csv),
            [.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(csv)],
            [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(csv)],
            packed.ToArray(),
        ];
        var hashes = forms.Select(
            (bytes, i) =>
                _bench
                    .Import(
                        new ImportRequest
                        {
                            Name = FormattableString.Invariant($"x{i}"),
                            Paths = [_bench.File(FormattableString.Invariant($"{i}.csv"), bytes)],
                            Time = "TIME",
                        }
                    )
                    .Set
        );

        Assert.All(hashes, set => Assert.Equal("Exchange rate", set.Columns[1].Name));
        Assert.Single(hashes.Select(set => set.ContentHash).Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public void A_gzip_file_cut_short_is_no_file()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes("time,v\n"));
            for (var i = 0; i < 50_000; i++)
            {
                gzip.Write(Encoding.UTF8.GetBytes($"{UtcDate.Format(DateTime.UnixEpoch.AddHours(i))},{i}\n"));
            }
        }

        var half = packed.ToArray()[..(int)(packed.Length / 2)];
        var error = _bench.Fail(
            new ImportRequest
            {
                Name = "x",
                Paths = [_bench.File("x.csv.gz", half)],
                Time = "time",
            }
        );

        // Cut in the middle of a row or between two, it is refused.
        Assert.True(error.Id is ErrorId.FileFormatInvalid or ErrorId.RowInvalid, error.Message);
    }

    [Theory]
    [InlineData("", ErrorId.FileFormatInvalid, "is empty")]
    [InlineData("time,v\n", ErrorId.FileFormatInvalid, "no rows")]
    [InlineData("time,v,V\n2020-01-01,1,2\n", ErrorId.FileFormatInvalid, "'V' twice")]
    [InlineData("time,,v\n2020-01-01,1,2\n", ErrorId.FileFormatInvalid, "over column 2")]
    [InlineData(
        "time,v\n2020-01-01,1\n2020-01-02,1,2\n",
        ErrorId.RowInvalid,
        "row 2 (line 3): the row has 3 fields, the header 2"
    )]
    [InlineData(
        "time,v\n2020-01-01,1\n2020-01-02\n",
        ErrorId.RowInvalid,
        "row 2 (line 3): the row has 1 field, the header 2"
    )]
    [InlineData("time,v\n2020-01-01,\"1\"2\n", ErrorId.RowInvalid, "row 1 (line 2)")]
    [InlineData("time,v\n2020-01-01,\"1\n2020-01-02,2\n", ErrorId.RowInvalid, "row 1 (line 2)")]
    [InlineData("tme,v\n2020-01-01,1\n", ErrorId.SchemaMismatch, "'time' (-Time). Did you mean 'tme'?")]
    [InlineData("time,v\n,1\n", ErrorId.RowInvalid, "row 1 (line 2), column 'time': there is no value")]
    [InlineData("time,entity,v\n2020-01-01,,1\n", ErrorId.RowInvalid, "column 'entity': there is no value")]
    [InlineData("PAR1\0\0\u0001,time\n", ErrorId.FileFormatInvalid, "no Parquet file")]
    public void A_file_that_cannot_be_read_says_where(string csv, ErrorId id, string says)
    {
        var request = new ImportRequest
        {
            Name = "x",
            Paths = [_bench.File("x.csv", csv)],
            Time = "time",
            Entity = csv.Contains("entity", StringComparison.Ordinal) ? "entity" : null,
        };

        var error = _bench.Fail(request);

        Assert.Equal(id, error.Id);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains(
            id == ErrorId.SchemaMismatch ? "time" : "file 'x.csv'",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused()
    {
        var path = _bench.File("x.csv", Encoding.Latin1.GetBytes("time,v\n2020-01-01,Zürich\n"));
        var error = _bench.Fail(
            new ImportRequest
            {
                Name = "x",
                Paths = [path],
                Time = "time",
            }
        );

        Assert.Equal(ErrorId.FileFormatInvalid, error.Id);
        Assert.Contains("UTF-8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Paths_that_name_no_file_say_so()
    {
        var request = new ImportRequest
        {
            Name = "x",
            Paths = [Path.Combine(_bench.Root, "absent.csv")],
            Time = "time",
        };

        Assert.Equal(ErrorId.PathNotFound, _bench.Fail(request).Id);
        Assert.Contains(
            "is a folder",
            _bench.Fail(request with { Paths = [_bench.Root] }).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData("CON")]
    [InlineData("x;DROP TABLE feature_sets")]
    public void A_name_that_cannot_be_a_folder_is_refused(string name) =>
        Assert.Equal(
            ErrorId.NameInvalid,
            _bench.Fail("time,v\n2020-01-01,1\n", r => r with { Name = name }).Id
        );

    [Fact]
    public void Rows_of_the_same_key_are_named_both()
    {
        const string csv =
            "time,entity,v\n2020-01-02,A,1\n2020-01-01,A,2\n2020-01-02,B,3\n2020-01-02,A,4\n2020-01-02,A,5\n";

        var error = _bench.Fail(csv);
        Assert.Equal(ErrorId.DuplicateKey, error.Id);
        Assert.Contains("row 1 (line 2) and file", error.Message, StringComparison.Ordinal);
        Assert.Contains("row 4 (line 5) are both 'A' at 2020-01-02", error.Message, StringComparison.Ordinal);

        var first = _bench.Import(_bench.Request(csv, r => r with { Duplicates = DuplicatePolicy.First }));
        Assert.Equal((5L, 2L, 3L), (first.RowsRead, first.DuplicatesDropped, first.Set.Rows));
        Assert.Equal([2L, 1L, 3L], _bench.Rows(first.Set).Select(row => row[2]));

        var last = _bench.Import(csv, r => r with { Name = "y", Duplicates = DuplicatePolicy.Last });
        Assert.Equal([2L, 5L, 3L], _bench.Rows(last).Select(row => row[2]));
    }

    [Fact]
    public void An_entity_may_be_called_NA()
    {
        var set = _bench.Import("time,entity,v\n2020-01-01,NA,1\n2020-01-01,Null,2\n");

        Assert.Equal(["NA", "Null"], _bench.Rows(set).Select(row => row[1]));
    }

    [Fact]
    public void Many_files_are_one_version_whatever_the_order_of_their_columns()
    {
        var request = new ImportRequest
        {
            Name = "x",
            Paths =
            [
                _bench.File("a.csv", "time,v,w\n2020-01-01,1,a\n"),
                _bench.File("b.csv", "W;TIME;V\nb;2020-01-02;2\n"),
            ],
            Time = "time",
        };
        var set = _bench.Import(request).Set;

        Assert.Equal(
            [
                [FeatureBench.Day(2020, 1, 1), 1L, "a"],
                [FeatureBench.Day(2020, 1, 2), 2L, "b"],
            ],
            _bench.Rows(set)
        );

        var other = _bench.File("c.csv", "time,v\n2020-01-03,1\n");
        var error = _bench.Fail(request with { Name = "y", Paths = [.. request.Paths, other] });
        Assert.Contains("'c.csv' has no column 'w'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stopped_import_leaves_nothing()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        var request = _bench.Request("time,v\n2020-01-01,1\n");

        Assert.ThrowsAny<OperationCanceledException>(() =>
            _bench.Features.Import(request, OperationContext.Silent with { Cancellation = stop.Token })
        );
        Assert.Empty(_bench.Features.List());
        Assert.Empty(_bench.Leftovers());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_import_that_fails_or_is_stopped_no_longer_reads_its_files(bool stopped)
    {
        using var stop = new CancellationTokenSource();
        var lines = Enumerable
            .Range(0, 140_000)
            .Select(i => $"{UtcDate.Format(DateTime.UnixEpoch.AddMinutes(i))},{i}\n");
        var request = _bench.Request("time,v\n" + string.Concat(lines) + (stopped ? "" : "1980-01-01,no\n"));
        // So long that its hash takes seconds; what is behind the rows is never parsed.
        using (var file = new FileStream(request.Paths[0], FileMode.Open))
        {
            file.SetLength(1L << 31);
        }

        var context = OperationContext.Silent with
        {
            Cancellation = stop.Token,
            Progress = _ =>
            {
                if (stopped)
                {
                    stop.Cancel();
                }
            },
        };
        var error = Record.Exception(() => _bench.Features.Import(request, context));

        Assert.True(
            stopped ? error is OperationCanceledException : error is AlphaFactoryException,
            $"{error}"
        );
        // Nobody else has it open.
        using var alone = new FileStream(request.Paths[0], FileMode.Open, FileAccess.Read, FileShare.None);
        Assert.Empty(_bench.Leftovers());
    }

    [Fact]
    public void Progress_tells_rows_their_rate_how_far_and_how_long()
    {
        var reports = new List<ProgressReport>();
        var lines = Enumerable
            .Range(0, 140_000)
            .Select(i => $"{UtcDate.Format(DateTime.UnixEpoch.AddMinutes(i))},{i}\n");
        var request = _bench.Request("time,v\n" + string.Concat(lines));

        _ = _bench.Features.Import(request, OperationContext.Silent with { Progress = reports.Add });

        var reading = reports.FindAll(report => report.Activity == $"Importing '{request.Name}'");
        Assert.Equal(2, reading.Count);
        Assert.Matches("^65,536 rows, [1-9][0-9,]* a second$", reading[0].Status);
        Assert.Matches("^131,072 rows, [1-9][0-9,]* a second$", reading[1].Status);
        Assert.InRange(reading[0].PercentComplete!.Value, 1, reading[1].PercentComplete!.Value);
        Assert.InRange(reading[1].PercentComplete!.Value, 90, 100);
        Assert.All(reading, report => Assert.True(report.Remaining >= TimeSpan.Zero));
    }

    [Fact]
    public void The_machines_culture_changes_nothing()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            var set = _bench.Import("time,v\n2020-01-02,1.5\n2020-01-03,1000.25\n");

            Assert.Equal([1.5, 1000.25], _bench.Rows(set).Select(row => row[1]));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static Dictionary<string, FeatureType> Schema(string column, FeatureType type) =>
        new(StringComparer.OrdinalIgnoreCase) { [column] = type };
}
