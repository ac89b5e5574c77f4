using System.Text.RegularExpressions;

namespace AlphaFactory.Core;

/// <summary>The rules for names of alphas, feature sets, experiments, metrics and tags.</summary>
public static partial class Names
{
    /// <summary>The longest name, metric name or tag.</summary>
    public const int MaximumLength = 128;

    /// <summary>
    /// Gives <paramref name="name"/> back if it may name an alpha, a feature set or an experiment:
    /// <c>[A-Za-z0-9][A-Za-z0-9._-]{0,127}</c>, no Windows device name, no trailing dot.
    /// </summary>
    /// <param name="name">The name to check.</param>
    /// <param name="what">What it names ("alpha", "feature set", …), for the message.</param>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.NameInvalid"/>.</exception>
    public static string Require(string? name, string what)
    {
        if (name is null || !Pattern().IsMatch(name))
        {
            throw Invalid(
                name,
                what,
                $"use 1 to {MaximumLength} letters, digits, '.', '_' or '-', starting with a letter or digit"
            );
        }

        if (name.EndsWith('.'))
        {
            throw Invalid(name, what, "a name cannot end with a dot");
        }

        if (DeviceName().IsMatch(name))
        {
            throw Invalid(name, what, "Windows keeps that name for a device");
        }

        return name;
    }

    /// <summary>Gives <paramref name="name"/> back if it may name a metric: <c>[A-Za-z_][A-Za-z0-9_]{0,127}</c>.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.NameInvalid"/>.</exception>
    public static string RequireMetric(string? name) =>
        name is not null && MetricPattern().IsMatch(name)
            ? name
            : throw Invalid(
                name,
                "metric",
                $"use 1 to {MaximumLength} letters, digits or '_', not starting with a digit"
            );

    /// <summary>Gives <paramref name="tag"/> back if it may be a tag: 1 to 128 printable characters, no ';'.</summary>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.NameInvalid"/>.</exception>
    public static string RequireTag(string? tag)
    {
        var valid =
            tag is { Length: >= 1 and <= MaximumLength }
            && !string.IsNullOrWhiteSpace(tag)
            && !tag.Contains(';')
            && !tag.Any(char.IsControl);
        return valid
            ? tag!
            : throw Invalid(tag, "tag", $"use 1 to {MaximumLength} printable characters without ';'");
    }

    private static AlphaFactoryException Invalid(string? name, string what, string remedy) =>
        new(ErrorId.NameInvalid, $"'{Printable(name)}' is not a valid {what} name: {remedy}.")
        {
            Target = name,
        };

    private static string Printable(string? name)
    {
        var text = string.Concat((name ?? "").Select(c => char.IsControl(c) ? '\uFFFD' : c));
        return text.Length <= MaximumLength ? text : string.Concat(text.AsSpan(0, MaximumLength), "…");
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex MetricPattern();

    [GeneratedRegex(
        @"\A(CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(\..*)?\z",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture
    )]
    private static partial Regex DeviceName();
}
