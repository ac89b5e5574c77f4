using System.Globalization;
using AlphaFactory.Core.Expressions;
using AlphaFactory.Core.Features;

namespace AlphaFactory.Core.Experiments;

/// <summary>Finds what is wrong with a specification before anything runs.</summary>
internal static class SpecCheck
{
    /// <summary>Checks what can be checked without data.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.NameInvalid"/> or <see cref="ErrorId.SpecInvalid"/>.</exception>
    public static void Numbers(ExperimentSpec spec)
    {
        Names.Require(spec.Name, "experiment");
        if (spec.From > spec.To)
        {
            throw Invalid(
                $"The window is empty: it starts at {UtcDate.Format(spec.From.Value)}, after its end at "
                    + $"{Day(spec.To.Value)}. Set -From to a time before -To."
            );
        }

        Require(
            spec.Lag >= 1,
            "-Lag",
            spec.Lag,
            "1 or more: a signal cannot earn the bar that it is computed from"
        );
        Require(
            spec.MaxLeverage is > 0 and < double.PositiveInfinity,
            "-MaxLeverage",
            spec.MaxLeverage,
            "above 0"
        );
        Require(spec.CostBps is >= 0 and < double.PositiveInfinity, "-CostBps", spec.CostBps, "0 or more");
        Require(
            spec.PeriodsPerYear is null or (> 0 and < double.PositiveInfinity),
            "-PeriodsPerYear",
            spec.PeriodsPerYear ?? 0,
            "above 0"
        );
        Require(spec.Purge is null or >= 0, "-Purge", spec.Purge ?? 0, "0 or more bars");
        Require(
            spec.Embargo is >= 0 and < 1,
            "-Embargo",
            spec.Embargo,
            "a share of the window from 0 to below 1"
        );
        if (spec is { Split: not null, WalkForward: not null })
        {
            throw Invalid("-Split and -WalkForward both say what is out of sample. Leave one of them out.");
        }

        Metrics(spec);
    }

    /// <summary>Checks that every parameter of the expression has values that it can use, in every set.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.SpecInvalid"/>.</exception>
    public static void Parameters(
        ExperimentSpec spec,
        AlphaExpression? expression,
        CancellationToken cancellation
    )
    {
        var fixedNames = spec.Parameters.Keys;
        var twice = fixedNames.Intersect(spec.Grid.Names, StringComparer.OrdinalIgnoreCase).FirstOrDefault();
        if (twice is not null)
        {
            throw Invalid($"'{twice}' is both in -Grid and in -Parameter. Take it out of one of them.");
        }

        // What a script makes of its parameters is for the script to say.
        foreach (var name in expression?.Parameters ?? [])
        {
            var values =
                spec.Parameters.TryGetValue(name, out var value) ? [value]
                : spec.Grid.Axes is { } axes ? OfAxis(axes, name)
                : OfSets(spec.Grid.Sets!, name);
            foreach (var each in values)
            {
                cancellation.ThrowIfCancellationRequested();
                Value(
                    name,
                    each,
                    expression!
                        .WindowParameters.Concat(expression.LagParameters)
                        .Contains(name, StringComparer.OrdinalIgnoreCase)
                );
            }
        }
    }

    /// <summary>Checks that the columns of the expression and the prices are in the set.</summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.SpecInvalid"/> or <see cref="ErrorId.ExpressionSyntax"/>.
    /// </exception>
    public static void Columns(ExperimentSpec spec, AlphaExpression? expression, FeatureSet set)
    {
        var numeric = FeatureReading.NumericColumns(set);
        expression?.Validate(numeric, expression.Parameters);
        if (!numeric.Contains(spec.Price, StringComparer.OrdinalIgnoreCase))
        {
            throw Invalid(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{set.Name}' v{set.Version} has no column of numbers '{spec.Price}' to take prices from. "
                ) + $"Name one with -Price: {string.Join(", ", numeric)}."
            );
        }
    }

    private static IEnumerable<object> OfAxis(IReadOnlyList<GridAxis> axes, string name) =>
        axes.FirstOrDefault(axis =>
            string.Equals(axis.Name, name, StringComparison.OrdinalIgnoreCase)
        )?.Values
        ?? throw Missing(name, "");

    private static IEnumerable<object> OfSets(IReadOnlyList<ParameterValues> sets, string name)
    {
        for (var i = 0; i < sets.Count; i++)
        {
            yield return sets[i].TryGetValue(name, out var value)
                ? value
                : throw Missing(
                    name,
                    sets.Count == 1
                        ? ""
                        : string.Create(CultureInfo.InvariantCulture, $" in set {i + 1} of the grid")
                );
        }
    }

    private static void Value(string name, object value, bool isWindow)
    {
        if (value is string or DateTime)
        {
            throw Invalid(
                $"Parameter '{name}' is the text '{(value is DateTime time ? UtcDate.Format(time) : value)}', and the "
                    + "expression needs a number there."
            );
        }

        // What is not finite or not positive is for the risk governor, which rejects that run alone.
        if (isWindow && value is double number && double.IsFinite(number) && number != Math.Truncate(number))
        {
            throw Invalid(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Parameter '{name}' is {number}, and the expression "
                ) + "uses it as a window or lag, which is a whole number of bars."
            );
        }
    }

    private static void Metrics(ExperimentSpec spec)
    {
        var known = PerformanceMetrics
            .NamesFor(spec)
            .Concat(ExtraMetrics.Optional)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToArray();
        foreach (var name in spec.Metrics)
        {
            if (
                ExtraMetrics.AgainstBenchmark.Contains(name, StringComparer.OrdinalIgnoreCase)
                && spec.Benchmark is null
            )
            {
                throw Invalid($"-Metric '{name}' compares with a benchmark. Name one with -Benchmark.");
            }

            if (!known.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                throw Invalid(
                    $"There is no metric '{name}'.{Nearest.Hint(name, known)} -Metric adds "
                        + $"{string.Join(", ", ExtraMetrics.Optional)} to those that every run has."
                );
            }
        }
    }

    /// <summary>The end of a day is written as the day that the user gave.</summary>
    private static string Day(DateTime time) =>
        UtcDate.Format(time == UtcDate.EndOfDay(time) ? time.Date : time);

    private static void Require(bool holds, string parameter, double value, string remedy)
    {
        if (!holds)
        {
            throw Invalid(
                string.Create(CultureInfo.InvariantCulture, $"{parameter} is {value}; it must be {remedy}.")
            );
        }
    }

    private static AlphaFactoryException Missing(string name, string where) =>
        Invalid(
            $"The expression uses ${name}, which has no value{where}. Give it one with -Parameter @{{ {name} = … }} or -Grid."
        );

    private static AlphaFactoryException Invalid(string message) => new(ErrorId.SpecInvalid, message);
}
