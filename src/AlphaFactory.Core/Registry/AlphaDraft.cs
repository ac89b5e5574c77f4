using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Filtering;
using AlphaFactory.Core.Provenance;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Registry;

/// <summary>An alpha about to be registered: everything but what the registry gives it.</summary>
public sealed record AlphaDraft
{
    private static readonly FrozenSet<string> Reserved = typeof(Alpha)
        .GetProperties()
        .Select(property => property.Name)
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The name; a new one starts at version 1, a known one gets the next version.</summary>
    public required string Name { get; init; }

    /// <summary>Where it stands in its life.</summary>
    public AlphaStage Stage { get; init; } = AlphaStage.Research;

    /// <summary>Its tags.</summary>
    public TagList Tags { get; init; } = TagList.Empty;

    /// <summary>Its metrics; NaN and infinities are kept.</summary>
    public MetricValues Metrics { get; init; } = MetricValues.None;

    /// <summary>Its parameters.</summary>
    public ParameterValues Parameters { get; init; } = ParameterValues.None;

    /// <summary>What it is, in words.</summary>
    public string Description { get; init; } = "";

    /// <summary>Who registers it.</summary>
    public string Author { get; init; } = Environment.UserName;

    /// <summary>The run that it comes from, if any.</summary>
    public string? RunId { get; init; }

    /// <summary>The feature set of that run.</summary>
    public string? FeatureSet { get; init; }

    /// <summary>The version of that set.</summary>
    public int? FeatureVersion { get; init; }

    /// <summary>The SHA-256 of the expression or the script files.</summary>
    public string? CodeHash { get; init; }

    /// <summary>The content hash of the data.</summary>
    public string? DataHash { get; init; }

    /// <summary>The seed of that run's generator.</summary>
    public long? Seed { get; init; }

    /// <summary>
    /// What it was made with. When it is null and there is a run, the registry takes that of the run's experiment.
    /// </summary>
    public Origin? Origin { get; init; }

    /// <summary>
    /// Takes a run's parameters, metrics and provenance, and <c>dsr</c> and <c>trials</c> of its experiment as they
    /// stand; the name is the experiment's.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="store">The store that counts its trials; null, or one that does not know the run, adds neither.</param>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.RiskDenied"/>: the run was rejected, so there is nothing to register.
    /// </exception>
    public static AlphaDraft FromRun(ExperimentRun run, AlphaStore? store)
    {
        var draft = FromRun(run);
        return store is null
            ? draft
            : draft with
            {
                Metrics = new([.. run.Metrics, .. new ExperimentStore(store).TrialMetrics(run)]),
            };
    }

    /// <summary>Takes a run's parameters, metrics and provenance; the name is the experiment's.</summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.RiskDenied"/>: the run was rejected, so there is nothing to register.
    /// </exception>
    public static AlphaDraft FromRun(ExperimentRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (run.Status == RunStatus.Rejected)
        {
            var codes = run.Codes.Count == 0 ? "a risk rule" : string.Join(", ", run.Codes);
            throw new AlphaFactoryException(
                ErrorId.RiskDenied,
                $"Run '{run.RunId}' of '{run.Name}' was rejected by {codes} and has no metrics, so it cannot be "
                    + "registered. Mend what the rule names and run it again."
            )
            {
                Target = run.RunId,
            };
        }

        return new AlphaDraft
        {
            Name = run.Name,
            Metrics = run.Metrics,
            Parameters = run.Parameters,
            RunId = run.RunId,
            FeatureSet = run.FeatureSet,
            FeatureVersion = run.FeatureVersion,
            CodeHash = run.CodeHash,
            DataHash = run.DataHash,
            Seed = run.Seed,
        };
    }

    /// <summary>Gives the draft back if everything in it can be stored faithfully.</summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.NameInvalid"/>: a name, tag, metric name or text breaks the rules;
    /// <see cref="ErrorId.SpecInvalid"/>: a parameter does.
    /// </exception>
    public AlphaDraft Check()
    {
        Names.Require(Name, "alpha");
        foreach (var tag in Tags)
        {
            RequireText(Names.RequireTag(tag), "tag");
        }

        foreach (var metric in Metrics.Keys)
        {
            Names.RequireMetric(metric);
            if (Reserved.Contains(metric))
            {
                throw new AlphaFactoryException(
                    ErrorId.NameInvalid,
                    $"'{metric}' cannot name a metric, because it is a property of every alpha. Choose another name."
                )
                {
                    Target = metric,
                };
            }
        }

        foreach (var (name, value) in Parameters)
        {
            RequireParameter(name, value);
        }

        RequireText(Description, "description");
        RequireText(Author, "author");
        RequireText(RunId, "run id");
        RequireText(FeatureSet, "feature set");
        RequireText(CodeHash, "code hash");
        RequireText(DataHash, "data hash");
        RequireText(Origin?.GitCommit, "git commit");
        RequireText(Origin?.ModuleVersion, "module version");
        RequireText(Origin?.User, "user");
        RequireText(Origin?.Machine, "machine");
        return this;
    }

    /// <summary>The alpha that is stored as this draft.</summary>
    internal Alpha ToAlpha(string name, long version, DateTime createdAt, string store) =>
        new()
        {
            Name = name,
            Version = checked((int)version),
            Stage = Stage,
            Tags = Tags,
            Metrics = Metrics,
            Parameters = Parameters,
            Description = Description,
            Author = Author,
            CreatedAt = Sql.FromMicroseconds(Sql.ToMicroseconds(createdAt)),
            RunId = RunId,
            FeatureSet = FeatureSet,
            FeatureVersion = FeatureVersion,
            CodeHash = CodeHash,
            DataHash = DataHash,
            Seed = Seed,
            GitCommit = Origin?.GitCommit,
            GitDirty = Origin?.GitDirty,
            ModuleVersion = Origin?.ModuleVersion,
            User = Origin?.User,
            Machine = Origin?.Machine,
            Store = store,
        };

    /// <summary>Gives a text back if it can be stored faithfully: no NUL, and well-formed.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    internal static string? RequireText(string? text, string what) =>
        text is null || TextKey.IsStorable(text)
            ? text
            : throw new AlphaFactoryException(
                ErrorId.NameInvalid,
                $"The {what} has a NUL or half of a surrogate pair in it, which cannot be stored. Take it out."
            );

    private static void RequireParameter(string name, object value)
    {
        var reason =
            string.IsNullOrWhiteSpace(name) || name.Length > Names.MaximumLength || !TextKey.IsStorable(name)
                ? $"use 1 to {Names.MaximumLength} printable characters for its name"
            : value is string text && !TextKey.IsStorable(text)
                ? "its text has a NUL or half of a surrogate pair in it"
            : null;
        if (reason is not null)
        {
            throw new AlphaFactoryException(
                ErrorId.SpecInvalid,
                $"Parameter '{name.Replace('\0', '\uFFFD')}' cannot be stored: {reason}."
            )
            {
                Target = name,
            };
        }
    }
}
