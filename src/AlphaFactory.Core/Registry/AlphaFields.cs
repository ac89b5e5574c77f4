using System.Globalization;
using AlphaFactory.Core.Provenance;

namespace AlphaFactory.Core.Registry;

/// <summary>The properties of an alpha that files have, under the names they have there; and how their texts are read.</summary>
internal static class AlphaFields
{
    private const int HighestVersion = 1_000_000_000;

    // These have a value when the file has none: an empty cell says nothing about them.
    private static readonly string[] Defaulted = ["stage", "author", "createdAt"];

    /// <summary>The names, in the order of the columns.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "name",
        "version",
        "stage",
        "tags",
        "description",
        "author",
        "createdAt",
        "runId",
        "featureSet",
        "featureVersion",
        "codeHash",
        "dataHash",
        "seed",
        "gitCommit",
        "gitDirty",
        "moduleVersion",
        "user",
        "machine",
    ];

    /// <summary>Reads a row from the texts that a file has.</summary>
    /// <param name="place">Where the row is.</param>
    /// <param name="fields">The texts by name, without case; null or empty is none.</param>
    /// <param name="tags">The tags.</param>
    /// <param name="metrics">The metrics.</param>
    /// <param name="parameters">The parameters.</param>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.RowInvalid"/>.</exception>
    public static ImportRow Read(
        RowPlace place,
        IReadOnlyDictionary<string, string?> fields,
        TagList tags,
        MetricValues metrics,
        ParameterValues parameters
    )
    {
        string? Text(string name) => fields.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;
        var draft = new AlphaDraft
        {
            Name = Text("name") ?? throw place.Invalid("name", "there is no name. Every alpha needs one."),
            Stage = Text("stage") is { } stage ? Stage(place, stage) : AlphaStage.Research,
            Tags = tags,
            Metrics = metrics,
            Parameters = parameters,
            Description = Text("description") ?? "",
            Author = Text("author") ?? Environment.UserName,
            RunId = Text("runId"),
            FeatureSet = Text("featureSet"),
            FeatureVersion = (int?)Whole(place, "featureVersion", Text("featureVersion"), 1, int.MaxValue),
            CodeHash = Text("codeHash"),
            DataHash = Text("dataHash"),
            Seed = Whole(place, "seed", Text("seed"), long.MinValue, long.MaxValue),
            Origin = new Origin(
                Text("gitCommit"),
                Flag(place, "gitDirty", Text("gitDirty")),
                Text("moduleVersion"),
                Text("user"),
                Text("machine")
            ),
        };
        return new ImportRow(
            place,
            place.Check(draft),
            (int?)Whole(place, "version", Text("version"), 1, HighestVersion),
            Text("createdAt") is { } created ? Time(place, created) : null,
            fields
                .Keys.Where(name =>
                    Text(name) is not null || !Defaulted.Contains(name, StringComparer.OrdinalIgnoreCase)
                )
                .Append(nameof(Alpha.Metrics))
                .Append(nameof(Alpha.Parameters))
                .ToHashSet(StringComparer.OrdinalIgnoreCase)
        );
    }

    /// <summary>Reads a metric.</summary>
    public static double Number(RowPlace place, string column, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && (double.IsFinite(number) || !text.AsSpan().ContainsAnyInRange('0', '9'))
            ? number
            : throw place.Invalid(
                column,
                $"'{Shown(text)}' is not a number. Write it as 1.25, 1e-3, NaN, Infinity or -Infinity, or leave it empty."
            );

    /// <summary>The start of a text, so that a message stays readable.</summary>
    public static string Shown(string text) =>
        text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 60), "…");

    private static AlphaStage Stage(RowPlace place, string text) =>
        Enum.TryParse<AlphaStage>(text, ignoreCase: true, out var stage)
        && Enum.IsDefined(stage)
        && !char.IsAsciiDigit(text[0])
            ? stage
            : throw place.Invalid(
                "stage",
                $"'{Shown(text)}' is not a stage. Use {string.Join(", ", Enum.GetNames<AlphaStage>())}."
            );

    private static long? Whole(RowPlace place, string column, string? text, long lowest, long highest) =>
        text is null ? null
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        && number >= lowest
        && number <= highest
            ? number
        : throw place.Invalid(
            column,
            string.Create(
                CultureInfo.InvariantCulture,
                $"'{Shown(text)}' is not a whole number from {lowest} to {highest}."
            )
        );

    private static bool? Flag(RowPlace place, string column, string? text) =>
        text is null ? null
        : bool.TryParse(text, out var flag) ? flag
        : throw place.Invalid(column, $"'{Shown(text)}' is neither true nor false.");

    private static DateTime Time(RowPlace place, string text) =>
        UtcDate.TryParse(text, upperEnd: false, out var time)
            ? time
            : throw place.Invalid(
                "createdAt",
                $"'{Shown(text)}' is not a date. Write it as 2026-01-31 or 2026-01-31T09:30:00Z."
            );
}

/// <summary>A row of a file, for messages.</summary>
/// <param name="File">The file's path.</param>
/// <param name="Kind">What a row is called: row or item.</param>
/// <param name="Number">Its number, from 1.</param>
internal sealed record RowPlace(string File, string Kind, long Number)
{
    /// <summary>Where it is.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"file '{Path.GetFileName(File)}', {Kind} {Number}");

    /// <summary>The error of a column of it.</summary>
    public AlphaFactoryException Invalid(string? column, string what, Exception? inner = null) =>
        new(ErrorId.RowInvalid, $"{this}{(column is null ? "" : $", column '{column}'")}: {what}", inner)
        {
            Target = File,
        };

    /// <summary>The draft, if everything in it can be stored.</summary>
    public AlphaDraft Check(AlphaDraft draft)
    {
        try
        {
            return draft.Check();
        }
        catch (AlphaFactoryException error)
        {
            throw Invalid(null, error.Message, error);
        }
    }
}

/// <summary>An alpha as a file has it.</summary>
/// <param name="Place">Where it is.</param>
/// <param name="Draft">What it says.</param>
/// <param name="Version">Its version; null is the next one.</param>
/// <param name="CreatedAt">When it was registered; null is now.</param>
/// <param name="Given">The properties that the file says something about.</param>
internal sealed record ImportRow(
    RowPlace Place,
    AlphaDraft Draft,
    int? Version,
    DateTime? CreatedAt,
    IReadOnlySet<string> Given
);
