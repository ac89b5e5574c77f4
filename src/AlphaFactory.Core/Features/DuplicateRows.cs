using System.Globalization;

namespace AlphaFactory.Core.Features;

/// <summary>The rows of an import that repeat a key: how many, and the first of them.</summary>
/// <param name="policy">Which row of a key is kept.</param>
internal sealed class DuplicateRows(DuplicatePolicy policy)
{
    private long _first;
    private long _second = long.MaxValue;
    private string _key = "";

    /// <summary>Whether the last row of a key is kept, and not the first.</summary>
    public bool KeepLast { get; } = policy == DuplicatePolicy.Last;

    /// <summary>Whether the rows' numbers matter: only an error names them.</summary>
    public bool NeedArrivals { get; } = policy == DuplicatePolicy.Error;

    /// <summary>How many rows repeat a key.</summary>
    public long Count { get; private set; }

    /// <summary>Whether the import cannot succeed any more.</summary>
    public bool Refused => policy == DuplicatePolicy.Error && Count > 0;

    /// <summary>Counts a row that repeats the key of an earlier one.</summary>
    /// <param name="first">The number of the earlier row, in the order of arrival.</param>
    /// <param name="second">The number of the later row.</param>
    /// <param name="keys">The keys of either.</param>
    /// <param name="row">The row there.</param>
    public void Add(long first, long second, RowKeys keys, int row)
    {
        Count++;
        if (NeedArrivals && second < _second)
        {
            (_first, _second) = (first, second);
            var at = UtcDate.Format(keys.Time.Values[row]);
            at += keys.Known is null ? "" : $", known at {UtcDate.Format(keys.Known.Values[row])}";
            _key = keys.Entity is null ? at : $"'{keys.Entity.Values[row]}' at {at}";
        }
    }

    /// <summary>Ends an import that has repeated keys and may not.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.DuplicateKey"/>, by policy.</exception>
    public void ThrowIfRefused(RowPlaces places, CancellationToken token)
    {
        if (!Refused)
        {
            return;
        }

        var more =
            Count > 1
                ? string.Create(CultureInfo.InvariantCulture, $" {Count - 1:N0} more rows repeat a key.")
                : "";
        throw new AlphaFactoryException(
            ErrorId.DuplicateKey,
            $"{places.Describe(_first, token)} and {places.Describe(_second, token)} are both {_key}.{more} Remove "
                + "one, name the column that tells them apart with -Entity (or -KnownAt, when one corrects the other), "
                + "or keep one with -DuplicatePolicy First or Last."
        )
        {
            Target = _key,
        };
    }
}
