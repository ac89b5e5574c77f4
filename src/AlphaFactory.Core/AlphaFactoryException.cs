namespace AlphaFactory.Core;

/// <summary>
/// The one exception that Core throws on purpose. Its message says what was wrong, where, and what to do next.
/// </summary>
public sealed class AlphaFactoryException : Exception
{
    /// <summary>Makes an error with a stable id.</summary>
    /// <param name="id">What went wrong.</param>
    /// <param name="message">What was wrong, where, and what to do next.</param>
    /// <param name="inner">What caused it, if anything did.</param>
    public AlphaFactoryException(ErrorId id, string message, Exception? inner = null)
        : base(message, inner)
    {
        Id = id;
    }

    /// <summary>What went wrong.</summary>
    public ErrorId Id { get; }

    /// <summary>The thing that the error is about (a name, a path, a row), or null.</summary>
    public object? Target { get; init; }
}
