using System.Collections.Frozen;

namespace AlphaFactory.Core.Expressions;

/// <summary>
/// The one table of the language's operators. Missing values: an element-wise operator gives a missing value
/// where any operand is missing, except that a comparison is 0 there and that a choice needs only its condition
/// and the branch taken. A time-series operator gives a missing value where its window is not full or holds a
/// missing value. A cross-sectional operator leaves the entities without a value out.
/// </summary>
internal static class Operators
{
    /// <summary>The operator that <c>c ? a : b</c> means.</summary>
    public const string Choice = "if";

    /// <summary>The column that a bare <c>returns</c> is taken of.</summary>
    public const string ReturnsColumn = "close";

    /// <summary>The operator that may be written without arguments, as the return of <see cref="ReturnsColumn"/>.</summary>
    public const string Returns = "returns";

    /// <summary>The average daily value traded: <c>adv(n)</c> stands for <c>ts_mean(close * volume, n)</c>.</summary>
    public const string AverageDailyValue = "adv";

    private static readonly Argument X = new("x", ArgumentKind.Series);
    private static readonly Argument Y = new("y", ArgumentKind.Series);
    private static readonly Argument Window = new("window", ArgumentKind.Window);
    private static readonly Argument Lag = new("lag", ArgumentKind.Lag);

    /// <summary>Every operator, symbols first.</summary>
    public static IReadOnlyList<Operator> All { get; } =
    [
        Symbol("||", 1, Elementwise.Or, "1 where either is not 0, else 0") with
        {
            GivesFinite = true,
        },
        Symbol("&&", 2, Elementwise.And, "1 where both are not 0, else 0") with
        {
            GivesFinite = true,
        },
        Comparison("<", Elementwise.Less, "1 where x is less, else 0"),
        Comparison("<=", Elementwise.LessOrEqual, "1 where x is less or equal, else 0"),
        Comparison(">", Elementwise.Greater, "1 where x is greater, else 0"),
        Comparison(">=", Elementwise.GreaterOrEqual, "1 where x is greater or equal, else 0"),
        Comparison("==", Elementwise.EqualTo, "1 where both are equal, else 0"),
        Comparison("!=", Elementwise.NotEqualTo, "1 where both are there and differ, else 0"),
        Symbol("+", 4, Elementwise.Add, "sum"),
        Symbol("-", 4, Elementwise.Subtract, "difference; 0 within 1e-12 of the larger operand"),
        Symbol("*", 5, Elementwise.Multiply, "product"),
        Symbol("/", 5, Elementwise.Divide, "quotient; missing where y is 0"),
        Prefix("-", Elementwise.Negate, "the negative"),
        Prefix("!", Elementwise.Not, "1 where x is 0, else 0"),
        Symbol("^", 7, Elementwise.Power, "x to the power of y; a whole y from 1 to 8 is multiplied out") with
        {
            Notation = Notation.InfixRight,
            IsCheap = false,
        },
        Element("abs", [X], Elementwise.Absolute, "magnitude"),
        Element("log", [X], Elementwise.Logarithm, "natural logarithm; missing where x is not positive") with
        {
            IsCheap = false,
        },
        Element("sign", [X], Elementwise.Sign, "1, 0 or -1") with
        {
            GivesFinite = true,
        },
        Element("signedpower", [X, Y], Elementwise.SignedPower, "sign(x) * abs(x) ^ y") with
        {
            IsCheap = false,
        },
        Element("min", [X, Y], Elementwise.Minimum, "the smaller of two values"),
        Element("max", [X, Y], Elementwise.Maximum, "the larger of two values"),
        Element(
            Choice,
            [new("condition", ArgumentKind.Series), X, Y],
            Elementwise.Choose,
            "x where the condition is not 0, else y; the same as condition ? x : y"
        ) with
        {
            Missing = "where the condition is, or the branch taken",
        },
        Series("delay", [X, Lag], Rolling.Delay, "the value so many bars before") with
        {
            IsCheap = true,
            Missing = "where the value so many bars before is, or there is none",
        },
        Series("delta", [X, Lag], Rolling.Delta, "x - delay(x, lag)") with
        {
            IsCheap = true,
        },
        Series(Returns, [X], Rolling.Returns, "x / delay(x, 1) - 1; without arguments, that of close") with
        {
            BarsBack = 1,
            IsCheap = true,
            Missing = "where x or the value before it is, or that is 0",
        },
        Series("ts_sum", [X, Window], Rolling.Sum, "sum over the window") with
        {
            Aliases = ["sum"],
        },
        Series("ts_mean", [X, Window], Rolling.Mean, "mean of the window") with
        {
            Aliases = ["sma"],
        },
        Series("ts_std", [X, Window], Rolling.Deviation, "sample deviation of the window (ddof 1)") with
        {
            Aliases = ["stddev"],
        },
        Series("ts_min", [X, Window], Rolling.Minimum, "smallest value of the window"),
        Series("ts_max", [X, Window], Rolling.Maximum, "largest value of the window"),
        Series(
            "ts_rank",
            [X, Window],
            Rolling.Rank,
            "percentile of the current value in its window, average ties"
        ),
        Series(
            "ts_argmin",
            [X, Window],
            Rolling.ArgMinimum,
            "place of the smallest value, from 1 at the oldest bar, first of ties"
        ),
        Series(
            "ts_argmax",
            [X, Window],
            Rolling.ArgMaximum,
            "place of the largest value, from 1 at the oldest bar, first of ties"
        ),
        Series(
            "ts_zscore",
            [X, Window],
            Rolling.ZScore,
            "(x - ts_mean) / ts_std; missing in a constant window"
        ),
        Series("product", [X, Window], Rolling.Product, "product over the window"),
        Series(
            "decay_linear",
            [X, Window],
            Rolling.DecayLinear,
            "mean with weights 1, 2, … window, the newest bar the most"
        ),
        Series(
            "ema",
            [X, Window],
            Rolling.Ema,
            "e += 2 / (window + 1) * (x - e) from the first value; starts over after a missing value"
        ) with
        {
            Missing = "where x is, and until the window is full of values in a row",
            Reads = "every bar since the last missing value",
            ReadsAllBars = true,
        },
        Series("correlation", [X, Y, Window], Rolling.Correlation, "Pearson's; missing in a constant window"),
        Series("covariance", [X, Y, Window], Rolling.Covariance, "sample covariance of the window (ddof 1)"),
        Across("rank", [X], CrossSection.Rank, "percentile among the entities at the bar, average ties"),
        Across(
            "scale",
            [X, new("total", ArgumentKind.Number, 1)],
            CrossSection.Scale,
            "x times a factor that makes the magnitudes at the bar sum to the total"
        ),
        Across(
            "zscore",
            [X],
            CrossSection.ZScore,
            "(x - mean) / sample deviation among the entities at the bar"
        ),
        Across("demean", [X], CrossSection.Demean, "x - mean of the entities at the bar"),
        Across(
            "winsorize",
            [X, new("share", ArgumentKind.Number, 0.05) { Least = 0, Most = 0.5 }],
            CrossSection.Winsorize,
            "x held between the quantiles share and 1 - share of the entities at the bar (linear interpolation)"
        ),
        // Written out while parsing, so it has nothing to compute.
        Series(AverageDailyValue, [Window], Rolling.Mean, "ts_mean(close * volume, window)"),
    ];

    private static readonly FrozenDictionary<string, Operator> Functions = All.Where(entry =>
            entry.Notation == Notation.Function
        )
        .SelectMany(entry => entry.Aliases.Prepend(entry.Name).Select(name => (name, entry)))
        .ToFrozenDictionary(pair => pair.name, pair => pair.entry, StringComparer.OrdinalIgnoreCase);

    /// <summary>The names and aliases of the functions, in the order of the table.</summary>
    public static IReadOnlyList<string> FunctionNames { get; } =
    [
        .. All.Where(entry => entry.Notation == Notation.Function)
            .SelectMany(entry => entry.Aliases.Prepend(entry.Name)),
    ];

    /// <summary>The function of that name or alias (without case), or null.</summary>
    public static Operator? Function(string name) => Functions.GetValueOrDefault(name);

    /// <summary>The operator written before its operand with that symbol.</summary>
    public static Operator PrefixOf(string symbol) =>
        All.First(entry => entry.Notation == Notation.Prefix && entry.Name == symbol);

    /// <summary>The operator written between its operands with that symbol.</summary>
    public static Operator InfixOf(string symbol) =>
        All.First(entry =>
            entry.Notation is Notation.Infix or Notation.InfixRight or Notation.InfixOnce
            && entry.Name == symbol
        );

    private static Operator Symbol(string symbol, int precedence, Kernel kernel, string help) =>
        new(symbol, Notation.Infix, [X, Y], kernel, help)
        {
            Precedence = precedence,
            IsElementwise = true,
            IsCheap = true,
        };

    private static Operator Comparison(string symbol, Kernel kernel, string help) =>
        Symbol(symbol, 3, kernel, help) with
        {
            Notation = Notation.InfixOnce,
            GivesFinite = true,
            Missing = "never: 0 where an operand is",
        };

    private static Operator Prefix(string symbol, Kernel kernel, string help) =>
        new(symbol, Notation.Prefix, [X], kernel, help)
        {
            Precedence = 6,
            IsElementwise = true,
            IsCheap = true,
        };

    private static Operator Element(string name, Argument[] arguments, Kernel kernel, string help) =>
        Series(name, arguments, kernel, help) with
        {
            IsElementwise = true,
            IsCheap = true,
        };

    private static Operator Across(string name, Argument[] arguments, Kernel kernel, string help) =>
        Series(name, arguments, kernel, help) with
        {
            IsAcrossEntities = true,
        };

    private static Operator Series(string name, Argument[] arguments, Kernel kernel, string help) =>
        new(name, Notation.Function, arguments, kernel, help);
}
