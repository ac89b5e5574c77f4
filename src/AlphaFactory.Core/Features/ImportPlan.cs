namespace AlphaFactory.Core.Features;

/// <summary>The columns that an import reads: names and types in order, and which are time and entity.</summary>
/// <param name="Columns">Names and types, in the order of the version to be.</param>
/// <param name="Time">Which column is the time.</param>
/// <param name="Entity">Which column is the entity, or null.</param>
internal sealed record ImportPlan(
    IReadOnlyList<(string Name, FeatureType Type)> Columns,
    int Time,
    int? Entity
)
{
    /// <summary>
    /// Looks at the headers of all files and at their first values, and decides the columns' types; an append keeps
    /// those of the version it extends.
    /// </summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.SchemaMismatch"/>, or what <see cref="CsvSource"/> reports.
    /// </exception>
    public static ImportPlan Make(ImportRequest request, FeatureSet? extended, OperationContext context)
    {
        var header = Sample(request, out var inferences, context);
        var time = Find(header, request.Time, "-Time");
        int? entity = request.Entity is { } name ? Find(header, name, "-Entity") : null;
        if (entity == time)
        {
            throw Mismatch(
                $"Column '{header[time]}' cannot be the time and the entity at once.",
                header[time]
            );
        }

        foreach (var column in request.Schema.Keys)
        {
            Find(header, column, "-Schema");
        }

        var columns = header.Select((column, i) => (column, Type(i))).ToList();
        return extended is null
            ? new ImportPlan(columns, time, entity)
            : Extend(
                extended,
                columns,
                header[time],
                entity is { } e ? header[e] : null,
                inferences,
                request
            );

        FeatureType Type(int column)
        {
            var role = column == time ? FeatureType.Timestamp : FeatureType.Text;
            var isRole = column == time || column == entity;
            if (!request.Schema.TryGetValue(header[column], out var given))
            {
                return isRole ? role : inferences[column].Type();
            }

            return !isRole || given == role
                ? given
                : throw Mismatch(
                    $"Column '{header[column]}' is the {(column == time ? "time" : "entity")}, so its type is "
                        + $"{role.Name()}, not {given.Name()}. Leave it out of -Schema.",
                    header[column]
                );
        }
    }

    /// <summary>Where a file has each column of the plan; −1 for a column that only the extended version has.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.SchemaMismatch"/>: it has other columns.</exception>
    public static int[] Map(IReadOnlyList<string> columns, CsvSource source)
    {
        var file = System.IO.Path.GetFileName(source.Path);
        var map = columns.Select(column => IndexOf(source.Header, column)).ToArray();
        var absent = Array.IndexOf(map, -1);
        if (absent >= 0)
        {
            throw Mismatch(
                $"file '{file}' has no column '{columns[absent]}'. "
                    + Nearest.Hint(columns[absent], [.. source.Header], "It has", ""),
                columns[absent]
            );
        }

        var extra = source.Header.FirstOrDefault(column => IndexOf(columns, column) < 0);
        return extra is null
            ? map
            : throw Mismatch(
                $"file '{file}' has a column '{extra}', which the first file has not. Import files of the same "
                    + "columns together.",
                extra
            );
    }

    private static IReadOnlyList<string> Sample(
        ImportRequest request,
        out TypeInference[] inferences,
        OperationContext context
    )
    {
        IReadOnlyList<string> header = [];
        inferences = [];
        foreach (var path in request.Paths)
        {
            using var source = CsvSource.Open(path, request.Delimiter);
            if (inferences.Length == 0)
            {
                header = source.Header;
                inferences = [.. header.Select(_ => new TypeInference(request.DateFormat))];
            }

            var map = Map(header, source);
            Sample(source, map, inferences, context.Cancellation);
        }

        return header;
    }

    private static void Sample(
        CsvSource source,
        int[] map,
        TypeInference[] inferences,
        CancellationToken token
    )
    {
        while (!Array.TrueForAll(inferences, inference => inference.IsDone) && source.Read())
        {
            token.ThrowIfCancellationRequested();
            for (var i = 0; i < inferences.Length; i++)
            {
                var text = source.Field(map[i]);
                if (!inferences[i].IsDone && !FieldText.IsMissing(text))
                {
                    inferences[i].Add(text);
                }
            }
        }
    }

    private static ImportPlan Extend(
        FeatureSet extended,
        List<(string Name, FeatureType Type)> columns,
        string time,
        string? entity,
        TypeInference[] inferences,
        ImportRequest request
    )
    {
        var set = $"version {extended.Version} of feature set '{extended.Name}'";
        if (!Same(time, extended.TimeColumn) || !Same(entity, extended.EntityColumn))
        {
            throw Mismatch(
                $"{set} has the time '{extended.TimeColumn}' and "
                    + (extended.EntityColumn is { } old ? $"the entity '{old}'" : "no entity")
                    + ": name the same to append, or use -Mode Replace.",
                time
            );
        }

        var names = columns.ConvertAll(column => column.Name);
        foreach (var column in extended.Columns)
        {
            var index = IndexOf(names, column.Name);
            if (index < 0)
            {
                throw Mismatch(
                    $"{set} has a column '{column.Name}', which the new rows have not. "
                        + Nearest.Hint(column.Name, names, "They have", "")
                        + " Add it, or use -Mode Replace.",
                    column.Name
                );
            }

            var given = request.Schema.TryGetValue(column.Name, out var type);
            if (given ? type != column.Type : !inferences[index].Fits(column.Type))
            {
                throw Mismatch(
                    $"Column '{column.Name}' is {column.Type.Name()} in {set} and {columns[index].Type.Name()} in "
                        + "the new rows. Correct them, or use -Mode Replace.",
                    column.Name
                );
            }
        }

        var added = columns.Where(column => extended.Columns.All(old => !Same(old.Name, column.Name)));
        var all = extended.Columns.Select(column => (column.Name, column.Type)).Concat(added).ToList();
        var allNames = all.ConvertAll(column => column.Name);
        return new ImportPlan(
            all,
            IndexOf(allNames, time),
            entity is null ? null : IndexOf(allNames, entity)
        );
    }

    private static int Find(IReadOnlyList<string> header, string column, string parameter)
    {
        var index = IndexOf(header, column);
        return index >= 0
            ? index
            : throw Mismatch(
                $"There is no column '{column}' ({parameter}). "
                    + Nearest.Hint(column, [.. header], "The columns are", ""),
                column
            );
    }

    private static int IndexOf(IReadOnlyList<string> columns, string column)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            if (Same(columns[i], column.Trim()))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool Same(string? a, string? b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private static AlphaFactoryException Mismatch(string message, string column) =>
        new(ErrorId.SchemaMismatch, message) { Target = column };
}
