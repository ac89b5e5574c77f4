using System.Text.Json;
using System.Text.Json.Serialization;
using AlphaFactory.Core.Provenance;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Experiments;

/// <summary>What <c>spec.json</c> says: all that is needed to run an experiment again, and to tell what changed.</summary>
internal sealed record ExperimentRecord
{
    public const string FileName = "spec.json";

    public const int CurrentFormat = 1;

    private const string GeneratorName = "System.Random(seed), .NET's subtractive generator (Knuth)";

    private static readonly JsonSerializerOptions Json = new(StoreJson.Options)
    {
        Converters = { new ParametersConverter(), new GridConverter() },
        RespectNullableAnnotations = true,
    };

    /// <summary>The version of the file's format.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>The experiment's id.</summary>
    public required string ExperimentId { get; init; }

    /// <summary>When it began, UTC.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>The specification, with the version of the feature set pinned.</summary>
    public required ExperimentSpec Spec { get; init; }

    /// <summary>The expression's canonical text; null when a script computes the signal.</summary>
    public string? Canonical { get; init; }

    /// <summary>The full paths of the script and of every file that it loads, with the SHA-256 of each.</summary>
    public IReadOnlyList<RecordedFile>? CodeFiles { get; init; }

    /// <summary>The SHA-256 of the canonical text, or the hash of the script's files.</summary>
    public required string CodeHash { get; init; }

    /// <summary>The generator that <see cref="ExperimentSpec.Seed"/> starts.</summary>
    public string Generator { get; init; } = GeneratorName;

    /// <summary>The content hash of the feature set's version.</summary>
    public required string DataHash { get; init; }

    /// <summary>The content hash of the benchmark's version; null without one of another set.</summary>
    public string? BenchmarkHash { get; init; }

    /// <summary>The entities that it ran on.</summary>
    public required IReadOnlyList<string> Entities { get; init; }

    /// <summary>The first bar of the window, UTC.</summary>
    public required DateTime FirstBar { get; init; }

    /// <summary>The last bar of the window, UTC.</summary>
    public required DateTime LastBar { get; init; }

    /// <summary>How many bars the window has.</summary>
    public required int Bars { get; init; }

    /// <summary>How many bars before the window warmed the expression up.</summary>
    public required int WarmUpBars { get; init; }

    /// <summary>Periods a year, as given or found.</summary>
    public required double PeriodsPerYear { get; init; }

    /// <summary>The name of the risk policy.</summary>
    public required string PolicyName { get; init; }

    /// <summary>The hash of the risk policy.</summary>
    public required string PolicyHash { get; init; }

    /// <summary>What it ran in.</summary>
    public required RunEnvironment Environment { get; init; }

    /// <summary>The commit of the git repository around the working folder, or null.</summary>
    public required string? GitCommit { get; init; }

    /// <summary>Whether the work tree differed from it; null when it is not known.</summary>
    public bool? GitDirty { get; init; }

    /// <summary>What its runs were made with.</summary>
    [JsonIgnore]
    public Origin Origin =>
        new(GitCommit, GitDirty, Environment.ModuleVersion, Environment.User, Environment.Machine);

    /// <summary>
    /// The SHA-256 of all that its results depend on, and so of nothing that differs when the same is run again by
    /// another user, in another session or out of another commit.
    /// </summary>
    [JsonIgnore]
    public string InputsHash =>
        ContentHash.OfText(
            (
                this with
                {
                    ExperimentId = "",
                    CreatedAt = DateTime.UnixEpoch,
                    GitCommit = null,
                    GitDirty = null,
                    Environment = Environment.Computing,
                }
            ).ToJson()
        );

    /// <summary>The record of an experiment that is about to run.</summary>
    public static ExperimentRecord Of(
        PreparedExperiment experiment,
        string id,
        DateTime createdAt,
        Origin origin
    ) =>
        new()
        {
            ExperimentId = id,
            CreatedAt = createdAt,
            Spec = experiment.Spec with
            {
                FeatureSet = experiment.Set.Name,
                BenchmarkVersion = experiment.Benchmark?.Set?.Version,
                Version = experiment.Set.Version,
            },
            Canonical = experiment.Signal.Expression?.Canonical,
            CodeFiles = experiment
                .Signal.Script?.Files.Select(file => new RecordedFile(file, ContentHash.OfFile(file)))
                .ToArray(),
            CodeHash = experiment.CodeHash,
            DataHash = experiment.Set.ContentHash,
            BenchmarkHash = experiment.Benchmark?.Set?.ContentHash,
            Entities = experiment.Entities,
            FirstBar = experiment.From,
            LastBar = experiment.To,
            Bars = experiment.WindowBars,
            WarmUpBars = experiment.WarmUpBars,
            PeriodsPerYear = experiment.PeriodsPerYear,
            PolicyName = experiment.Policy.Name,
            PolicyHash = experiment.Policy.Hash,
            Environment = RunEnvironment.Current,
            GitCommit = origin.GitCommit,
            GitDirty = origin.GitDirty,
        };

    /// <summary>The text of the file.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json) + "\n";

    /// <summary>The text of something that belongs to an experiment, written as its record is.</summary>
    public static string ToJson<T>(T value) => JsonSerializer.Serialize(value, Json);

    /// <summary>Reads the text of a file.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.StoreCorrupt"/> or <see cref="ErrorId.StoreTooNew"/>.</exception>
    public static ExperimentRecord FromJson(string text, string path)
    {
        ExperimentRecord? record;
        try
        {
            record = JsonSerializer.Deserialize<ExperimentRecord>(text, Json);
        }
        catch (Exception error)
            when (error
                    is JsonException
                        or InvalidOperationException
                        or FormatException
                        or AlphaFactoryException
            )
        {
            throw new AlphaFactoryException(
                ErrorId.StoreCorrupt,
                $"'{path}' is not the record of an experiment: {error.Message} Restore it from a backup.",
                error
            )
            {
                Target = path,
            };
        }

        return record switch
        {
            null => throw new AlphaFactoryException(
                ErrorId.StoreCorrupt,
                $"'{path}' is empty. Restore it from a backup."
            ),
            { Format: > CurrentFormat } => throw new AlphaFactoryException(
                ErrorId.StoreTooNew,
                $"'{path}' was written by a newer version of AlphaFactory. Update the module."
            ),
            _ => record,
        };
    }

    private sealed class ParametersConverter : JsonConverter<ParameterValues>
    {
        public override ParameterValues Read(
            ref Utf8JsonReader reader,
            Type typeToConvert,
            JsonSerializerOptions options
        )
        {
            using var document = JsonDocument.ParseValue(ref reader);
            return ParameterJson.Read(document.RootElement);
        }

        public override void Write(
            Utf8JsonWriter writer,
            ParameterValues value,
            JsonSerializerOptions options
        ) => ParameterJson.Write(writer, value);
    }

    /// <summary>A product is an object of arrays, a list is an array of objects.</summary>
    private sealed class GridConverter : JsonConverter<ParameterGrid>
    {
        public override ParameterGrid Read(
            ref Utf8JsonReader reader,
            Type typeToConvert,
            JsonSerializerOptions options
        )
        {
            using var document = JsonDocument.ParseValue(ref reader);
            var grid = document.RootElement;
            return grid.ValueKind switch
            {
                JsonValueKind.Array => ParameterGrid.List(grid.EnumerateArray().Select(ParameterJson.Read)),
                JsonValueKind.Object => ParameterGrid.Product(
                    grid.EnumerateObject().Select(axis => KeyValuePair.Create(axis.Name, Values(axis.Value)))
                ),
                _ => throw new JsonException("A grid is neither an object nor an array."),
            };
        }

        public override void Write(Utf8JsonWriter writer, ParameterGrid value, JsonSerializerOptions options)
        {
            if (value.Axes is null)
            {
                writer.WriteStartArray();
                foreach (var set in value.Sets!)
                {
                    ParameterJson.Write(writer, set);
                }

                writer.WriteEndArray();
                return;
            }

            writer.WriteStartObject();
            foreach (var axis in value.Axes)
            {
                writer.WriteStartArray(axis.Name);
                foreach (var each in axis.Values)
                {
                    ParameterJson.WriteValue(writer, each);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        private static IReadOnlyList<object?> Values(JsonElement values) =>
            [.. values.EnumerateArray().Select(ParameterJson.ReadValue)];
    }
}

/// <summary>A file of code as it was when it ran.</summary>
/// <param name="Path">The full path.</param>
/// <param name="Sha256">The SHA-256 of it.</param>
internal sealed record RecordedFile(string Path, string Sha256);
