using ScottPlot;
using SkiaSharp;

namespace AlphaFactory.Core.Reporting;

/// <summary>
/// The font of every picture. It ships inside, so that a picture is the same on every machine and has text on one
/// without fonts, as a container often is.
/// </summary>
internal static class ChartFont
{
    /// <summary>The name to give to ScottPlot.</summary>
    public const string Name = "AlphaFactory Roboto";

    private static readonly Lazy<SKTypeface> RegularFace = new(() => Load("Roboto-Regular.ttf"));
    private static readonly Lazy<SKTypeface> BoldFace = new(() => Load("Roboto-Bold.ttf"));
    private static readonly Lazy<bool> Registered = new(Register);

    /// <summary>The regular face.</summary>
    public static SKTypeface Regular => RegularFace.Value;

    /// <summary>The bold face.</summary>
    public static SKTypeface Bold => BoldFace.Value;

    /// <summary>Makes ScottPlot draw all text of a plot in this font.</summary>
    public static void Use(Plot plot)
    {
        _ = Registered.Value;
        plot.Font.Set(Name);
    }

    private static bool Register()
    {
        Fonts.FontResolvers.Insert(0, new Resolver());
        return true;
    }

    private static SKTypeface Load(string file)
    {
        var assembly = typeof(ChartFont).Assembly;
        var name = assembly
            .GetManifestResourceNames()
            .Single(found => found.EndsWith("." + file, StringComparison.Ordinal));
        using var stream = assembly.GetManifestResourceStream(name)!;
        return SKTypeface.FromStream(stream)
            ?? throw new InvalidOperationException($"The font '{name}' cannot be read.");
    }

    private sealed class Resolver : IFontResolver
    {
        /// <inheritdoc/>
        public SKTypeface? CreateTypeface(
            string fontName,
            FontWeight weight,
            FontSlant slant,
            FontSpacing spacing
        ) =>
            fontName == Name
                ? weight >= FontWeight.SemiBold
                    ? Bold
                    : Regular
                : null;

        /// <inheritdoc/>
        public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) =>
            CreateTypeface(
                fontName,
                bold ? FontWeight.Bold : FontWeight.Normal,
                FontSlant.Upright,
                FontSpacing.Normal
            );
    }
}
