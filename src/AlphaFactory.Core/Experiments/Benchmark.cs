using System.Globalization;
using AlphaFactory.Core.Expressions;
using AlphaFactory.Core.Features;

namespace AlphaFactory.Core.Experiments;

/// <summary>What runs are compared with: the returns of one series on the bars of an experiment.</summary>
/// <param name="Set">The version of the feature set that it is from, when that is not the experiment's own.</param>
/// <param name="Returns">
/// The return <c>p_t/p_{t−1} − 1</c> of each bar of the panel; NaN at the first, and where either price is missing.
/// </param>
internal sealed record Benchmark(FeatureSet? Set, double[] Returns)
{
    /// <summary>
    /// Finds a benchmark: an entity of the experiment's own set by that name, spelled exactly, whether or not the
    /// experiment runs on it; else a feature set of one series.
    /// </summary>
    /// <param name="features">The store's feature sets.</param>
    /// <param name="own">The experiment's set.</param>
    /// <param name="spec">The specification.</param>
    /// <param name="panel">The experiment's bars.</param>
    /// <param name="first">The first bar of the window.</param>
    /// <param name="context">The token and the callbacks.</param>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.SpecInvalid"/>: there is neither, the set has several entities or no such price, or it has
    /// fewer than two returns in common with the window.
    /// </exception>
    public static Benchmark Find(
        FeatureStore features,
        FeatureSet own,
        ExperimentSpec spec,
        Panel panel,
        int first,
        OperationContext context
    )
    {
        var name = spec.Benchmark!;
        var series = OwnEntity(features, own, spec, context);
        FeatureSet? other = null;
        if (series is null)
        {
            other = OtherSet(features, own, spec);
            series = Load(features, other, spec, entity: null, context);
        }

        var returns = ReturnsOn(series, spec.Price, panel);
        var common = returns.Skip(first + 1).Count(double.IsFinite);
        return common >= 2
            ? new Benchmark(other, returns)
            : throw Invalid(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"-Benchmark '{name}' has {common} returns in common with the window, and needs 2 at least. "
                ) + "Its bars must have the same times: compare daily with daily bars."
            );
    }

    private static Panel? OwnEntity(
        FeatureStore features,
        FeatureSet own,
        ExperimentSpec spec,
        OperationContext context
    )
    {
        if (own.EntityColumn is null)
        {
            // The one series of a set goes by the set's name.
            return spec.Benchmark == own.Name && spec.BenchmarkVersion is null
                ? Load(features, own, spec, entity: null, context)
                : null;
        }

        try
        {
            var panel = Load(features, own, spec, spec.Benchmark, context);
            return panel.Bars > 0 ? panel : null;
        }
        catch (AlphaFactoryException error) when (error.Id == ErrorId.SchemaMismatch)
        {
            return null;
        }
    }

    private static FeatureSet OtherSet(FeatureStore features, FeatureSet own, ExperimentSpec spec)
    {
        FeatureSet set;
        try
        {
            set = features.Find(spec.Benchmark!, spec.BenchmarkVersion);
        }
        catch (AlphaFactoryException error)
            when (error.Id is ErrorId.FeatureSetNotFound or ErrorId.NameInvalid
                && spec.BenchmarkVersion is null
            )
        {
            throw new AlphaFactoryException(
                ErrorId.SpecInvalid,
                $"-Benchmark '{spec.Benchmark}' is neither an entity of '{own.Name}' (spelled exactly) nor a feature set."
                    + Nearest.Hint(
                        spec.Benchmark!,
                        [.. features.List().Select(each => each.Name).Distinct(StringComparer.Ordinal)]
                    )
                    + " Get-FeatureSet lists the sets.",
                error
            )
            {
                Target = spec.Benchmark,
            };
        }

        return set.Entities <= 1
            ? set
            : throw Invalid(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"-Benchmark '{set.Name}' is a feature set of {set.Entities} entities, and a benchmark is one series. "
                ) + $"Name an entity of '{own.Name}', or import the one that is meant as a set of its own."
            );
    }

    private static Panel Load(
        FeatureStore features,
        FeatureSet set,
        ExperimentSpec spec,
        string? entity,
        OperationContext context
    ) =>
        set.Columns.Any(column => column.Name.Equals(spec.Price, StringComparison.OrdinalIgnoreCase))
            ? features.LoadPanel(
                set,
                new PanelRequest
                {
                    Columns = [spec.Price],
                    Entities = entity is null ? null : [entity],
                    To = spec.To,
                },
                context
            )
            : throw Invalid(
                $"-Benchmark '{set.Name}' has no column '{spec.Price}' to take prices from, which -Price names."
            );

    // Between bars of the experiment, so that both earn over the same time.
    private static double[] ReturnsOn(Panel series, string price, Panel panel)
    {
        var prices = series.EntityCount == 0 ? [] : series.Series(price, 0);
        var known = new Dictionary<DateTime, double>(series.Bars);
        for (var bar = 0; bar < prices.Length; bar++)
        {
            known[series.Times[bar]] = prices[bar];
        }

        var returns = new double[panel.Bars];
        var before = double.NaN;
        for (var bar = 0; bar < returns.Length; bar++)
        {
            var now = known.GetValueOrDefault(panel.Times[bar], double.NaN);
            var value = now / before - 1;
            returns[bar] = double.IsFinite(value) ? value : double.NaN;
            before = now;
        }

        return returns;
    }

    private static AlphaFactoryException Invalid(string message) => new(ErrorId.SpecInvalid, message);
}
