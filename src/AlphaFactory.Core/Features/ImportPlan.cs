namespace AlphaFactory.Core.Features;

/// <summary>The columns that an import reads: names and types in order, and which have a role.</summary>
/// <param name="Columns">Names and types, in the order of the version to be.</param>
/// <param name="Time">Which column is the time.</param>
/// <param name="Entity">Which column is the entity, or null.</param>
/// <param name="Known">Which column is the time at which a row became known, or null.</param>
internal sealed record ImportPlan(
    IReadOnlyList<(string Name, FeatureType Type)> Columns,
    int Time,
    int? Entity,
    int? Known
)
{
    /// <summary>
    /// Looks at the headers of all files and at their first values, and decides the columns' types; an append keeps
    /// those of the version it extends.
    /// </summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.SchemaMismatch"/>, or what a <see cref="RowSource"/> reports.
    /// </exception>
    public static ImportPlan Make(ImportRequest request, FeatureSet? extended, OperationContext context)
    {
        var header = Sample(request, out var inferences, context);
        var time = Find(header, request.Time, "-Time");
        int? entity = request.Entity is { } name ? Find(header, name, "-Entity") : null;
        int? known = request.Known is { } column ? Find(header, column, "-KnownAt") : null;
        RequireDistinct(header, time, entity, known);

        foreach (var typed in request.Schema.Keys)
        {
            Find(header, typed, "-Schema");
        }

        var columns = header.Select((name, i) => (name, Type(i))).ToList();
        var plan = new ImportPlan(columns, time, entity, known);
        return extended is null ? plan : plan.Extend(extended, inferences, request);

        FeatureType Type(int column)
        {
            var role = column == entity ? FeatureType.Text : FeatureType.Timestamp;
            var isRole = column == time || column == entity || column == known;
            if (!request.Schema.TryGetValue(header[column], out var given))
            {
                return isRole ? role : inferences[column].Type();
            }

            return !isRole || given == role
                ? given
                : throw Mismatch(
                    $"Column '{header[column]}' is the {(column == entity ? "entity" : "time")}, so its type is "
                        + $"{role.Name()}, not {given.Name()}. Leave it out of -Schema.",
                    header[column]
                );
        }
    }

    /// <summary>Where a file has each column of the plan; −1 for a column that only the extended version has.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.SchemaMismatch"/>: it has other columns.</exception>
    public static int[] Map(IReadOnlyList<string> columns, RowSource source)
    {
        var file = source.Description;
        var map = columns.Select(column => IndexOf(source.Header, column)).ToArray();
        var absent = Array.IndexOf(map, -1);
        if (absent >= 0)
        {
            throw Mismatch(
                $"{file} has no column '{columns[absent]}'. "
                    + Nearest.Hint(columns[absent], [.. source.Header], "It has", ""),
                columns[absent]
            );
        }

        var extra = source.Header.FirstOrDefault(column => IndexOf(columns, column) < 0);
        return extra is null
            ? map
            : throw Mismatch(
                $"{file} has a column '{extra}', which the first file has not. Import files of the same "
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
        foreach (var source in request.Sources())
        {
            using var opened = source;
            if (inferences.Length == 0)
            {
                header = source.Header;
                inferences = [.. header.Select(_ => new TypeInference(request.DateFormat))];
            }

            var map = Map(header, source);
            for (var i = 0; i < map.Length; i++)
            {
                inferences[i].Declared ??= source.Declared(map[i]);
            }

            Sample(source, map, inferences, request.OnError, context.Cancellation);
        }

        return header;
    }

    private static void Sample(
        RowSource source,
        int[] map,
        TypeInference[] inferences,
        RowErrorPolicy onError,
        CancellationToken token
    )
    {
        while (!Array.TrueForAll(inferences, inference => inference.IsDone) && source.Read())
        {
            token.ThrowIfCancellationRequested();
            if (source.Fault is { } fault)
            {
                if (onError == RowErrorPolicy.Stop)
                {
                    throw source.Invalid(fault);
                }

                continue;
            }

            for (var i = 0; i < inferences.Length; i++)
            {
                if (!inferences[i].IsDone && !source.IsMissing(map[i], isEntity: false))
                {
                    source.Infer(map[i], inferences[i]);
                }
            }
        }
    }

    private ImportPlan Extend(FeatureSet extended, TypeInference[] inferences, ImportRequest request)
    {
        var set = $"version {extended.Version} of feature set '{extended.Name}'";
        var names = Columns.Select(column => column.Name).ToList();
        var time = names[Time];
        var entity = Entity is { } e ? names[e] : null;
        var known = Known is { } k ? names[k] : null;
        if (
            !Same(time, extended.TimeColumn)
            || !Same(entity, extended.EntityColumn)
            || !Same(known, extended.KnownColumn)
        )
        {
            throw Mismatch(
                $"{set} has the time '{extended.TimeColumn}', "
                    + (extended.EntityColumn is { } old ? $"the entity '{old}'" : "no entity")
                    + (extended.KnownColumn is { } at ? $" and the known time '{at}'" : " and no known time")
                    + ": name the same to append, or use -Mode Replace.",
                time
            );
        }

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
                    $"Column '{column.Name}' is {column.Type.Name()} in {set} and {Columns[index].Type.Name()} in "
                        + "the new rows. Correct them, or use -Mode Replace.",
                    column.Name
                );
            }
        }

        var added = Columns.Where(column => extended.Columns.All(old => !Same(old.Name, column.Name)));
        var all = extended.Columns.Select(column => (column.Name, column.Type)).Concat(added).ToList();
        var allNames = all.ConvertAll(column => column.Name);
        return new ImportPlan(
            all,
            IndexOf(allNames, time),
            entity is null ? null : IndexOf(allNames, entity),
            known is null ? null : IndexOf(allNames, known)
        );
    }

    private static void RequireDistinct(IReadOnlyList<string> header, int time, int? entity, int? known)
    {
        if (entity == time || known == time || (known is not null && known == entity))
        {
            throw Mismatch(
                $"Column '{header[entity == time ? time : known!.Value]}' cannot be two of time, entity and known "
                    + "time at once.",
                header[time]
            );
        }
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
