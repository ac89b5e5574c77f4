namespace AlphaFactory.Core.Expressions;

/// <summary>What an operator takes in one place.</summary>
internal enum ArgumentKind
{
    /// <summary>Any expression: a value for every entity and bar.</summary>
    Series,

    /// <summary>A positive whole number of bars, the current one included.</summary>
    Window,

    /// <summary>A whole number of bars back, zero or more.</summary>
    Lag,

    /// <summary>One number for the whole panel.</summary>
    Number,
}

/// <summary>One place in an operator's argument list.</summary>
/// <param name="Name">Its name in messages and documentation.</param>
/// <param name="Kind">What may stand there.</param>
/// <param name="Default">The number taken when it is left out; null where it may not be.</param>
internal sealed record Argument(string Name, ArgumentKind Kind, double? Default = null)
{
    /// <summary>The smallest number that an argument of kind <see cref="ArgumentKind.Number"/> may be.</summary>
    public double Least { get; init; } = double.MinValue;

    /// <summary>The largest number that an argument of kind <see cref="ArgumentKind.Number"/> may be.</summary>
    public double Most { get; init; } = double.MaxValue;
}

/// <summary>How an operator is written.</summary>
internal enum Notation
{
    /// <summary><c>name(x, …)</c>.</summary>
    Function,

    /// <summary><c>-x</c>.</summary>
    Prefix,

    /// <summary><c>x + y</c>, several in a row from the left.</summary>
    Infix,

    /// <summary><c>x ^ y</c>, several in a row from the right.</summary>
    InfixRight,

    /// <summary><c>x &lt; y</c>, never several in a row.</summary>
    InfixOnce,
}

/// <summary>What an operator computes from: the values of its arguments.</summary>
internal readonly ref struct KernelCall
{
    /// <summary>The values of the first series, entity by entity.</summary>
    public required ReadOnlySpan<double> X { get; init; }

    /// <summary>The values of the second series, or none.</summary>
    public ReadOnlySpan<double> Y { get; init; }

    /// <summary>The values of the third series, or none.</summary>
    public ReadOnlySpan<double> Z { get; init; }

    /// <summary>The window or lag, in bars.</summary>
    public int Window { get; init; }

    /// <summary>The argument of kind <see cref="ArgumentKind.Number"/>.</summary>
    public double Number { get; init; }

    /// <summary>How many entities there are.</summary>
    public required int Entities { get; init; }

    /// <summary>How many bars each entity has.</summary>
    public required int Bars { get; init; }

    /// <summary>Of an operator across entities: the first bar to compute.</summary>
    public int FirstBar { get; init; }

    /// <summary>Of an operator across entities: the bar after the last to compute.</summary>
    public int EndBar { get; init; }

    /// <summary>Cancelled when the user stops the work.</summary>
    public CancellationToken Cancellation { get; init; }
}

/// <summary>
/// Writes an operator's values. Inputs are finite or NaN, which means missing; an output that is not finite is
/// made missing by the caller. The value of a bar depends on nothing after that bar.
/// </summary>
internal delegate void Kernel(in KernelCall call, Span<double> result);

/// <summary>
/// One operator of the language: everything that parsing, checking, evaluation and documentation know of it.
/// </summary>
/// <param name="Name">Its name, or its symbol; what canonical text says.</param>
/// <param name="Notation">How it is written.</param>
/// <param name="Arguments">What it takes.</param>
/// <param name="Kernel">What it computes.</param>
/// <param name="Help">One line of documentation.</param>
internal sealed record Operator(
    string Name,
    Notation Notation,
    IReadOnlyList<Argument> Arguments,
    Kernel Kernel,
    string Help
)
{
    /// <summary>Other names for it.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>How tightly a symbol binds; more is tighter.</summary>
    public int Precedence { get; init; }

    /// <summary>Whether a value depends on the arguments' values at the same entity and bar only.</summary>
    public bool IsElementwise { get; init; }

    /// <summary>Whether a value depends on the values of all entities at the same bar.</summary>
    public bool IsAcrossEntities { get; init; }

    /// <summary>Whether computing it takes no longer than reading its values from memory would.</summary>
    public bool IsCheap { get; init; }

    /// <summary>Whether it gives nothing but numbers that are finite, and <see cref="double.NaN"/> itself.</summary>
    public bool GivesFinite { get; init; }

    /// <summary>Where its value is missing, in words; unless said, what its arguments make of it.</summary>
    public string Missing
    {
        get =>
            field
            ?? (
                IsElementwise
                    ? Arguments.Count == 1
                        ? "where x is"
                        : "where an operand is"
                    : Takes(ArgumentKind.Window)
                        ? "where the window is not full or holds a missing value"
                        : Takes(ArgumentKind.Lag)
                            ? "where the value now or so many bars before is, or there is none"
                            : "where x is; entities without a value are left out of the rest"
            );
        init;
    }

    /// <summary>Which bars and entities its value is computed from, in words.</summary>
    public string Reads
    {
        get =>
            field
            ?? (
                IsElementwise ? "the bar itself"
                : Takes(ArgumentKind.Window) ? "the bar itself and the window − 1 before it"
                : Takes(ArgumentKind.Lag) ? "the bar itself and that lag bars before it"
                : BarsBack > 0 ? "the bar itself and the one before it"
                : "all entities at the bar"
            );
        init;
    }

    /// <summary>Whether it reads every bar before the current one, however many there are.</summary>
    public bool ReadsAllBars { get; init; }

    /// <summary>How many bars before the current one it reads whatever its arguments are.</summary>
    public int BarsBack { get; init; }

    /// <summary>The fewest arguments that may be given.</summary>
    public int LeastArguments => Arguments.Count(argument => argument.Default is null);

    /// <summary>How it is called: <c>ts_mean(x, window)</c>.</summary>
    public string Signature =>
        Notation switch
        {
            Notation.Function => $"{Name}({string.Join(", ", Arguments.Select(Shown))})",
            Notation.Prefix => $"{Name}{Arguments[0].Name}",
            _ => $"{Arguments[0].Name} {Name} {Arguments[1].Name}",
        };

    private bool Takes(ArgumentKind kind) => Arguments.Any(argument => argument.Kind == kind);

    private static string Shown(Argument argument) =>
        argument.Default is { } value
            ? FormattableString.Invariant($"{argument.Name} = {value}")
            : argument.Name;
}
