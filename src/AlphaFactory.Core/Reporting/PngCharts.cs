using ScottPlot;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace AlphaFactory.Core.Reporting;

/// <summary>Pictures as PNG. Loading SkiaSharp waits for the first of them.</summary>
public static class PngCharts
{
    private const int Width = 1600;
    private const int Margin = 48;
    private const int HeaderHeight = 150;
    private const int BarHeight = 38;
    private const int BarFrame = 100;
    private const int PanelColumns = 3;
    private const int PanelHeight = 300;
    private const int PanelGap = 24;

    // Limits at a fifth of the scale leave room to tell a little drift from a lot.
    private const double ScaleOfLimit = 5;

    internal static readonly SKColor Ink = new(0x1b, 0x23, 0x2e);
    internal static readonly SKColor Muted = new(0x5a, 0x66, 0x75);
    private static readonly Color Rule = Color.FromHex("#d8dee6");
    private static readonly Color Reference = Color.FromHex("#9aa8b8");
    internal static readonly Color Calm = Color.FromHex("#2f6fb3");
    internal static readonly Color Alarm = Color.FromHex("#c2410c");

    /// <summary>Draws bars against a limit, and below them the distributions.</summary>
    public static byte[] Draw(ComparisonPicture picture, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var barsHeight = picture.Bars.Count == 0 ? 0 : BarFrame + (picture.Bars.Count * BarHeight);
        var rows = (picture.Panels.Count + PanelColumns - 1) / PanelColumns;
        var height = HeaderHeight + barsHeight + (rows * (PanelHeight + PanelGap)) + Margin;
        using var surface = SKSurface.Create(new SKImageInfo(Width, height, SKColorType.Rgba8888));
        var canvas = surface.Canvas;
        canvas.Clear(SKColors.White);
        DrawHeader(canvas, picture);
        if (barsHeight > 0)
        {
            var area = new PixelRect(Margin, Width - Margin, HeaderHeight + barsHeight, HeaderHeight);
            DrawBars(canvas, area, picture);
        }

        for (var i = 0; i < picture.Panels.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            DrawPanel(canvas, PanelArea(i, HeaderHeight + barsHeight), picture.Panels[i]);
        }

        using var image = surface.Snapshot();
        using var png = image.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }

    private static PixelRect PanelArea(int index, int top)
    {
        var width = (Width - (2 * Margin) - ((PanelColumns - 1) * PanelGap)) / PanelColumns;
        var left = Margin + (index % PanelColumns * (width + PanelGap));
        var y = top + (index / PanelColumns * (PanelHeight + PanelGap));
        return new PixelRect(left, left + width, y + PanelHeight, y);
    }

    private static void DrawHeader(SKCanvas canvas, ComparisonPicture picture)
    {
        DrawText(canvas, picture.Title, Margin, 64, ChartFont.Bold, 34, Ink);
        DrawText(canvas, picture.Subtitle, Margin, 102, ChartFont.Regular, 21, Muted);
        var x = DrawKey(canvas, Margin, Reference, "reference");
        x = DrawKey(canvas, x, Calm, "window");
        _ = DrawKey(canvas, x, Alarm, "window of a feature that drifts");
    }

    private static float DrawKey(SKCanvas canvas, float x, Color color, string text)
    {
        using var paint = new SKPaint { Color = color.ToSKColor(), IsAntialias = true };
        canvas.DrawRoundRect(x, 121, 18, 14, 3, 3, paint);
        return DrawText(canvas, text, x + 26, 134, ChartFont.Regular, 18, Muted) + 28;
    }

    internal static float DrawText(
        SKCanvas canvas,
        string text,
        float x,
        float y,
        SKTypeface face,
        float size,
        SKColor color
    )
    {
        using var font = new SKFont(face, size) { Subpixel = true };
        using var paint = new SKPaint { Color = color, IsAntialias = true };
        canvas.DrawText(text, x, y, font, paint);
        return x + font.MeasureText(text);
    }

    private static void DrawBars(SKCanvas canvas, PixelRect area, ComparisonPicture picture)
    {
        using var plot = NewPlot();
        var longest = picture.Bars.Max(bar => bar.Value);
        var scale = picture.Limit is { } limit
            ? Math.Clamp(longest, limit * 1.5, limit * ScaleOfLimit)
            : Math.Max(longest, 1e-9);
        var count = picture.Bars.Count;
        for (var i = 0; i < count; i++)
        {
            var bar = picture.Bars[i];
            var length = Math.Min(bar.Value, scale);
            var color = bar.Flagged ? Alarm : Calm;
            var drawn = plot.Add.Bar(
                new Bar
                {
                    Position = count - 1 - i,
                    Value = length,
                    Size = 0.62,
                    FillColor = color,
                    LineWidth = 0,
                    Orientation = Orientation.Horizontal,
                }
            );
            drawn.Horizontal = true;
            var value = Figures.Fixed(bar.Value) + (bar.Value > scale ? " ›" : "");
            var label = plot.Add.Text(value, length, count - 1 - i);
            label.LabelFontName = ChartFont.Name;
            label.LabelFontSize = 18;
            label.LabelFontColor = Color.FromSKColor(Ink);
            label.LabelAlignment = Alignment.MiddleLeft;
            label.OffsetX = 8;
        }

        if (picture.Limit is { } line)
        {
            var mark = plot.Add.VerticalLine(line);
            mark.Color = Color.FromSKColor(Ink);
            mark.LineWidth = 2;
            mark.LinePattern = LinePattern.Dashed;
        }

        var ticks = new NumericManual();
        for (var i = 0; i < count; i++)
        {
            ticks.AddMajor(count - 1 - i, Figures.Shorten(picture.Bars[i].Label, 30));
        }

        plot.Axes.Left.TickGenerator = ticks;
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Axes.Left.FrameLineStyle.Width = 0;
        plot.Axes.Bottom.TickGenerator = Ticks(0, scale, 5, Figures.Axis);
        plot.Axes.Bottom.Label.Text = picture.Limit is { } over
            ? $"{picture.Measure} (limit {Figures.Number(over)}, dashed)"
            : picture.Measure;
        plot.Axes.Bottom.Label.Bold = false;
        plot.Axes.Bottom.Label.FontSize = 19;
        plot.Grid.YAxisStyle.IsVisible = false;
        plot.Axes.SetLimits(0, scale * 1.1, -0.7, count - 0.3);
        Render(plot, canvas, area);
    }

    private static void DrawPanel(SKCanvas canvas, PixelRect area, SharePanel panel)
    {
        using var plot = NewPlot();
        plot.Title(Figures.Shorten(panel.Title, 36), 20);
        plot.Axes.Title.Label.FontName = ChartFont.Name;
        plot.Axes.Title.Label.ForeColor = Color.FromSKColor(Ink);
        var highest = panel.Shares.Highest > 0 ? panel.Shares.Highest : 1;
        var current = panel.Flagged ? Alarm : Calm;
        if (panel.Shares.Names.Count > 0)
        {
            AddCategories(plot, panel.Shares, current);
        }
        else
        {
            AddSteps(plot, panel.Shares, current);
        }

        plot.Axes.Left.TickGenerator = Ticks(0, highest, 3, value => Figures.Percent(value));
        plot.Axes.Left.FrameLineStyle.Width = 0;
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Axes.Left.MinorTickStyle.Length = 0;
        plot.Grid.XAxisStyle.IsVisible = false;
        plot.Axes.SetLimitsY(0, highest * 1.08);
        Render(plot, canvas, area);
    }

    private static void AddSteps(Plot plot, ShareComparison shares, Color color)
    {
        var reference = plot.Add.Polygon(Outline(shares.Edges, shares.Reference));
        reference.FillColor = Reference.WithAlpha(0.55);
        reference.LineWidth = 0;
        var current = plot.Add.Polygon(Outline(shares.Edges, shares.Current));
        current.FillColor = color.WithAlpha(0.12);
        current.LineColor = color;
        current.LineWidth = 2.5f;
        var (first, last) = (shares.Edges[0], shares.Edges[^1]);
        // A label at the very end would be cut.
        var inset = (last - first) * 0.04;
        plot.Axes.Bottom.TickGenerator = Ticks(
            first + inset,
            last - inset,
            4,
            value => Figures.Number(value)
        );
        plot.Axes.SetLimitsX(first, last);
    }

    private static void AddCategories(Plot plot, ShareComparison shares, Color color)
    {
        var ticks = new NumericManual();
        for (var i = 0; i < shares.Names.Count; i++)
        {
            AddColumn(plot, i - 0.2, shares.Reference[i], Reference);
            AddColumn(plot, i + 0.2, shares.Current[i], color);
            ticks.AddMajor(i, Figures.Shorten(shares.Names[i], Math.Max(3, 36 / shares.Names.Count)));
        }

        plot.Axes.Bottom.TickGenerator = ticks;
        plot.Axes.Bottom.MajorTickStyle.Length = 0;
        plot.Axes.SetLimitsX(-0.6, shares.Names.Count - 0.4);
    }

    private static void AddColumn(Plot plot, double position, double share, Color color) =>
        plot.Add.Bar(
            new Bar
            {
                Position = position,
                Value = share,
                Size = 0.38,
                FillColor = color,
                LineWidth = 0,
            }
        );

    private static Coordinates[] Outline(IReadOnlyList<double> edges, IReadOnlyList<double> shares)
    {
        var points = new List<Coordinates> { new(edges[0], 0) };
        for (var i = 0; i < shares.Count; i++)
        {
            points.Add(new Coordinates(edges[i], shares[i]));
            points.Add(new Coordinates(edges[i + 1], shares[i]));
        }

        points.Add(new Coordinates(edges[^1], 0));
        return [.. points];
    }

    private static NumericManual Ticks(double from, double to, int about, Func<double, string> label)
    {
        var ticks = new NumericManual();
        foreach (var position in Figures.Ticks(from, to, about))
        {
            ticks.AddMajor(position, label(position));
        }

        return ticks;
    }

    internal static Plot NewPlot()
    {
        var plot = new Plot();
        ChartFont.Use(plot);
        plot.FigureBackground.Color = Colors.White;
        plot.DataBackground.Color = Colors.White;
        plot.Axes.Right.IsVisible = false;
        plot.Axes.Top.IsVisible = false;
        plot.Axes.Bottom.MinorTickStyle.Length = 0;
        plot.Axes.Color(Color.FromSKColor(Muted));
        plot.Axes.Bottom.FrameLineStyle.Color = Rule;
        plot.Grid.MajorLineColor = Rule.WithAlpha(0.7);
        foreach (var axis in plot.Axes.GetAxes())
        {
            axis.TickLabelStyle.FontSize = 17;
            axis.TickLabelStyle.FontName = ChartFont.Name;
        }

        return plot;
    }

    internal static void Render(Plot plot, SKCanvas canvas, PixelRect area)
    {
        // A plot clears its canvas first: all of it, unless it is held to its part.
        canvas.Save();
        canvas.ClipRect(area.ToSKRect());
        plot.Render(canvas, area);
        canvas.Restore();
    }
}
