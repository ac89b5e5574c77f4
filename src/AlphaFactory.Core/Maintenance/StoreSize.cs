using System.Globalization;

namespace AlphaFactory.Core.Maintenance;

/// <summary>Sizes in words.</summary>
public static class StoreSize
{
    /// <summary>A size for people: <c>12.3 MB</c>.</summary>
    public static string Text(long bytes) =>
        bytes switch
        {
            < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes"),
            < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB"),
            < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB"),
        };
}
