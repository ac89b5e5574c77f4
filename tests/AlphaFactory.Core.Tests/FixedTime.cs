namespace AlphaFactory.Core.Tests;

/// <summary>A clock that says what a test sets.</summary>
internal sealed class FixedTime(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;

    public static OperationContext Context(DateTime utc) =>
        new() { Time = new FixedTime(new DateTimeOffset(utc)) };
}
