using System.Diagnostics;

namespace AlphaFactory.Cmdlets;

/// <summary>
/// Gathers what comes through a pipeline, so that many items share one transaction: those that come fast wait for
/// company, those that come slowly go one by one.
/// </summary>
/// <param name="size">How many make a full batch.</param>
internal sealed class PipelineBatch<T>(int size)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private readonly Stopwatch _sinceTaken = Stopwatch.StartNew();
    private List<T> _items = [];

    /// <summary>Whether it is full, or has waited long enough.</summary>
    public bool IsDue => _items.Count >= size || _sinceTaken.Elapsed > Patience;

    /// <summary>Adds an item.</summary>
    public void Add(T item) => _items.Add(item);

    /// <summary>Takes what is there, maybe nothing, and starts anew.</summary>
    public IReadOnlyList<T> Take()
    {
        var taken = _items;
        _items = [];
        _sinceTaken.Restart();
        return taken;
    }
}
