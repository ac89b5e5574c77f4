namespace AlphaFactory.Core.Registry;

/// <summary>An order of alphas: by registration, by a column, or by a metric.</summary>
internal sealed record SearchOrder
{
    /// <summary>No order.</summary>
    public static SearchOrder None { get; } = new() { IsSome = false };

    /// <summary>By id.</summary>
    public static SearchOrder Registration { get; } = new();

    /// <summary>Whether there is one.</summary>
    public bool IsSome { get; private init; } = true;

    /// <summary>The column of the database.</summary>
    public string? Column { get; private init; }

    /// <summary>The metric.</summary>
    public string? Metric { get; init; }

    /// <summary>The other way round.</summary>
    public bool Descending { get; init; }

    /// <summary>The SQL of the direction.</summary>
    public string Direction => Descending ? " DESC" : "";

    /// <summary>By a column.</summary>
    public static SearchOrder By(string column) => new() { Column = column };

    /// <summary>By a metric.</summary>
    public static SearchOrder ByMetric(string metric) => new() { Metric = metric };

    /// <summary>Whether rows of one order are in the other, forwards or backwards.</summary>
    public bool IsSame(SearchOrder other) =>
        IsSome
        && other.IsSome
        && Column == other.Column
        && string.Equals(Metric, other.Metric, StringComparison.OrdinalIgnoreCase);
}
