using System.Globalization;
using System.Text;

namespace AlphaFactory.Core.Reporting;

/// <summary>
/// Charts as inline SVG. Colours come from the page's style sheet by class (<c>reference</c>, <c>current</c>,
/// <c>axis</c>, <c>limit</c>, <c>bar</c>, <c>flagged</c>); sizes are in the unit of the view box.
/// </summary>
public static class SvgCharts
{
    private const double Width = 340;
    private const double PlotHeight = 130;
    private const double RowHeight = 22;
    private const double LabelWidth = 112;

    /// <summary>The shares of two samples in the same bins: the reference filled, the current one a line.</summary>
    /// <param name="id">An id that no other element of the page has.</param>
    /// <param name="title">What is shown, for a screen reader.</param>
    /// <param name="description">What is to be seen, for a screen reader.</param>
    /// <param name="shares">The shares.</param>
    public static Markup Distribution(string id, string title, string description, ShareComparison shares)
    {
        ArgumentNullException.ThrowIfNull(shares);
        return shares.Names.Count > 0
            ? Categories(id, title, description, shares)
            : Histogram(id, title, description, shares);
    }

    /// <summary>A bar for a table's cell, with the limit marked; what is longer than the scale is cut with an arrow.</summary>
    /// <param name="value">The bar's length, or null for none.</param>
    /// <param name="limit">The limit, or null for none.</param>
    /// <param name="scale">The value at the right end.</param>
    /// <param name="flagged">Whether the bar is to stand out.</param>
    public static Markup Bar(double? value, double? limit, double scale, bool flagged)
    {
        const double Length = 72;
        if (value is not { } length)
        {
            return new Markup("");
        }

        var svg = new StringBuilder(
            """<svg class="cellbar" viewBox="0 0 80 14" width="80" height="14" aria-hidden="true" focusable="false">"""
        );
        svg.Append(Invariant($"""<rect class="track" x="0" y="3" width="{Length}" height="8" rx="2"/>"""));
        var style = flagged ? "bar flagged" : "bar";
        var x = Length * Math.Clamp(length / scale, 0, 1);
        svg.Append(Invariant($"""<rect class="{style}" x="0" y="3" width="{x:0.##}" height="8" rx="2"/>"""));
        if (length > scale)
        {
            svg.Append(Invariant($"""<path class="{style}" d="M{Length} 1l7 6l-7 6z"/>"""));
        }

        if (limit is { } mark && mark <= scale)
        {
            svg.Append(Invariant($"""<path class="limit" d="M{Length * mark / scale:0.##} 0v14"/>"""));
        }

        return new Markup(svg.Append("</svg>").ToString());
    }

    private static Markup Histogram(string id, string title, string description, ShareComparison shares)
    {
        var svg = Open(id, title, description, PlotHeight + 34);
        var highest = shares.Highest > 0 ? shares.Highest : 1;
        svg.Append("""<path class="reference" d="M0 """)
            .Append(Invariant($"{PlotHeight + 4:0.##}"))
            .Append(Steps(shares.Reference, highest, 'L'))
            .Append(Invariant($"""L{Width} {PlotHeight + 4}z"/>"""));
        svg.Append("""<path class="current" d=" """.TrimEnd())
            .Append(Steps(shares.Current, highest, 'M'))
            .Append("\"/>");
        svg.Append(Invariant($"""<path class="axis" d="M0 {PlotHeight + 4}H{Width}"/>"""));
        var (first, last) = (shares.Edges[0], shares.Edges[^1]);
        Tick(svg, 0, "start", Figures.Axis(first));
        var middle = (first / 2) + (last / 2);
        // Next to the ends, what is left of symmetric ones is rounding.
        var nothing = Math.Abs(middle) < 1e-3 * Math.Max(Math.Abs(first), Math.Abs(last));
        Tick(svg, Width / 2, "middle", Figures.Axis(nothing ? 0 : middle));
        Tick(svg, Width, "end", Figures.Axis(last));
        return new Markup(svg.Append("</svg>").ToString());
    }

    private static Markup Categories(string id, string title, string description, ShareComparison shares)
    {
        var svg = Open(id, title, description, (shares.Names.Count * RowHeight) + 6);
        var highest = shares.Highest > 0 ? shares.Highest : 1;
        var room = Width - LabelWidth;
        for (var i = 0; i < shares.Names.Count; i++)
        {
            var y = (i * RowHeight) + 4;
            svg.Append(Invariant($"""<text x="{LabelWidth - 8}" y="{y + 12:0.##}" text-anchor="end">"""));
            svg.Append(Markup.Escape(Figures.Shorten(shares.Names[i], 16))).Append("</text>");
            Row(svg, "reference", y, room * shares.Reference[i] / highest);
            Row(svg, "currentbar", y + 8, room * shares.Current[i] / highest);
        }

        return new Markup(svg.Append("</svg>").ToString());
    }

    private static void Row(StringBuilder svg, string style, double y, double length) =>
        svg.Append(
            Invariant(
                $"""<rect class="{style}" x="{LabelWidth}" y="{y:0.##}" width="{length:0.##}" height="7"/>"""
            )
        );

    private static StringBuilder Open(string id, string title, string description, double height)
    {
        var svg = new StringBuilder();
        svg.Append(
            Invariant(
                $"""<svg class="chart" role="img" aria-labelledby="{id}-t {id}-d" viewBox="0 0 {Width} {height:0.##}">"""
            )
        );
        svg.Append(CultureInfo.InvariantCulture, $"""<title id="{id}-t">{Markup.Escape(title)}</title>""");
        svg.Append(
            CultureInfo.InvariantCulture,
            $"""<desc id="{id}-d">{Markup.Escape(description)}</desc>"""
        );
        return svg;
    }

    private static string Steps(IReadOnlyList<double> shares, double highest, char start)
    {
        var path = new StringBuilder();
        var width = Width / shares.Count;
        for (var i = 0; i < shares.Count; i++)
        {
            var y = 4 + (PlotHeight * (1 - (shares[i] / highest)));
            path.Append(
                i == 0
                    ? Invariant($"{start}0 {y:0.##}H{width:0.##}")
                    : Invariant($"V{y:0.##}H{(i + 1) * width:0.##}")
            );
        }

        return path.ToString();
    }

    private static void Tick(StringBuilder svg, double x, string anchor, string label) =>
        svg.Append(
            Invariant($"""<text x="{x:0.##}" y="{PlotHeight + 24}" text-anchor="{anchor}">{label}</text>""")
        );

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
