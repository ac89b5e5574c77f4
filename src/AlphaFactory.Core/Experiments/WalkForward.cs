using System.Globalization;

namespace AlphaFactory.Core.Experiments;

/// <summary>How a walk-forward rolls over the window, in bars.</summary>
/// <param name="Train">How many returns each choice looks back on; of an anchored one, the first.</param>
/// <param name="Test">How many returns each choice then earns.</param>
/// <param name="Anchored">Whether every train window begins at the first bar and grows, instead of rolling on.</param>
public sealed record WalkForward(int Train, int Test, bool Anchored = false)
{
    /// <summary>Reads <c>504/126</c>, or <c>504/126 anchored</c>.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.SpecInvalid"/>.</exception>
    public static WalkForward Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var anchored =
            words.Length == 2 && words[1].Equals(nameof(Anchored), StringComparison.OrdinalIgnoreCase);
        var bars = words.Length == 1 || anchored ? words[0].Split('/') : [];
        return
            bars.Length == 2
            && int.TryParse(bars[0], NumberStyles.None, CultureInfo.InvariantCulture, out var train)
            && int.TryParse(bars[1], NumberStyles.None, CultureInfo.InvariantCulture, out var test)
            ? new WalkForward(train, test, anchored)
            : throw new AlphaFactoryException(
                ErrorId.SpecInvalid,
                $"-WalkForward is '{text}'. Write the bars to train on and to test on: '504/126', '504/126 anchored' or "
                    + "@{ Train = 504; Test = 126; Anchored = $true }."
            )
            {
                Target = text,
            };
    }

    /// <summary>Writes <c>504/126</c>, or <c>504/126 anchored</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Train}/{Test}{(Anchored ? " anchored" : "")}");
}

/// <summary>One step of a walk-forward: places of returns in the window, from 0; ends are exclusive.</summary>
/// <param name="TrainStart">The first return that the choice looks at.</param>
/// <param name="TrainEnd">The first that it does not see any more: the purge and the embargo begin.</param>
/// <param name="TestStart">The first return that the choice earns.</param>
/// <param name="TestEnd">The first that the next choice earns.</param>
internal sealed record WalkForwardStep(int TrainStart, int TrainEnd, int TestStart, int TestEnd)
{
    /// <summary>
    /// The steps over a window: test windows follow each other without a gap, and the last may be cut short by the
    /// end. Between a train window and its test lie <paramref name="gap"/> returns that neither sees.
    /// </summary>
    /// <param name="returns">How many returns the window has.</param>
    /// <param name="rule">How it rolls.</param>
    /// <param name="gap">The purge and the embargo.</param>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.SpecInvalid"/>: no test window fits.</exception>
    public static IReadOnlyList<WalkForwardStep> Over(int returns, WalkForward rule, int gap)
    {
        if (rule.Train < 2 || rule.Test < 1)
        {
            throw Invalid(
                $"-WalkForward is '{rule}': it needs 2 bars or more to train on, and 1 or more to test."
            );
        }

        if ((long)rule.Train + gap >= returns)
        {
            throw Invalid(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"-WalkForward '{rule}' leaves nothing to test: the window has {returns} returns, {rule.Train} of them "
                )
                    + string.Create(
                        CultureInfo.InvariantCulture,
                        $"train and {gap} lie between (-Purge, -Embargo). Train on fewer, or use more history."
                    )
            );
        }

        var steps = new List<WalkForwardStep>();
        for (var test = rule.Train + gap; test < returns; test += rule.Test)
        {
            var trained = test - gap;
            steps.Add(
                new(
                    rule.Anchored ? 0 : trained - rule.Train,
                    trained,
                    test,
                    (int)Math.Min((long)test + rule.Test, returns)
                )
            );
        }

        return steps;
    }

    private static AlphaFactoryException Invalid(string message) => new(ErrorId.SpecInvalid, message);
}

/// <summary>What a walk-forward chose at one step.</summary>
public sealed record WalkForwardChoice
{
    /// <summary>The bar of the first return that it was chosen by, UTC.</summary>
    public required DateTime TrainFrom { get; init; }

    /// <summary>The bar of the last.</summary>
    public required DateTime TrainTo { get; init; }

    /// <summary>The bar of the first return that it then earned.</summary>
    public required DateTime TestFrom { get; init; }

    /// <summary>The bar of the last.</summary>
    public required DateTime TestTo { get; init; }

    /// <summary>The parameter set; null when none had a Sharpe ratio, and nothing was held.</summary>
    public required ParameterValues? Parameters { get; init; }

    /// <summary>Its Sharpe ratio on the train window, annualised; null without a set.</summary>
    public required double? TrainSharpe { get; init; }
}
