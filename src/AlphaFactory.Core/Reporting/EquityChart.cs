using ScottPlot;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace AlphaFactory.Core.Reporting;

/// <summary>What a chart of equity shows.</summary>
public sealed record EquityPicture
{
    /// <summary>The headline.</summary>
    public required string Title { get; init; }

    /// <summary>The line below it.</summary>
    public required string Subtitle { get; init; }

    /// <summary>The bars, ascending, UTC: one more than returns.</summary>
    public required IReadOnlyList<DateTime> Times { get; init; }

    /// <summary>The net return of each bar after the first.</summary>
    public required IReadOnlyList<double> Returns { get; init; }
}

/// <summary>Draws the capital of a run, and below it its drawdown, as PNG.</summary>
public static class EquityChart
{
    private const int Width = 1600;
    private const int Height = 1000;
    private const int Margin = 48;
    private const int EquityTop = 130;
    private const int DrawdownTop = 690;

    /// <summary>More points than pixels are drawn as the lowest and highest of each pixel's.</summary>
    private const int MostPoints = 4000;

    /// <summary>Draws a picture; the same picture gives the same bytes.</summary>
    public static byte[] Draw(EquityPicture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var (equity, drawdown) = Curves(picture.Returns);
        using var surface = SKSurface.Create(new SKImageInfo(Width, Height, SKColorType.Rgba8888));
        var canvas = surface.Canvas;
        canvas.Clear(SKColors.White);
        PngCharts.DrawText(
            canvas,
            Figures.Shorten(picture.Title, 80),
            Margin,
            60,
            ChartFont.Bold,
            34,
            PngCharts.Ink
        );
        PngCharts.DrawText(
            canvas,
            Figures.Shorten(picture.Subtitle, 130),
            Margin,
            98,
            ChartFont.Regular,
            21,
            PngCharts.Muted
        );
        double[] times = [.. picture.Times.Select(time => time.ToOADate())];
        DrawCurve(
            canvas,
            new PixelRect(Margin, Width - Margin, DrawdownTop - 20, EquityTop),
            times,
            equity,
            "capital, from 1",
            PngCharts.Calm,
            baseline: 1
        );
        DrawCurve(
            canvas,
            new PixelRect(Margin, Width - Margin, Height - Margin / 2, DrawdownTop),
            times,
            drawdown,
            "drawdown",
            PngCharts.Alarm,
            baseline: 0
        );
        using var image = surface.Snapshot();
        using var png = image.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }

    private static (double[] Equity, double[] Drawdown) Curves(IReadOnlyList<double> returns)
    {
        var equity = new double[returns.Count + 1];
        var drawdown = new double[equity.Length];
        equity[0] = 1;
        var peak = 1.0;
        for (var i = 1; i < equity.Length; i++)
        {
            equity[i] = equity[i - 1] * Math.Max(1 + returns[i - 1], 0);
            peak = Math.Max(peak, equity[i]);
            drawdown[i] = equity[i] / peak - 1;
        }

        return (equity, drawdown);
    }

    private static void DrawCurve(
        SKCanvas canvas,
        PixelRect area,
        double[] times,
        double[] values,
        string label,
        Color color,
        double baseline
    )
    {
        using var plot = PngCharts.NewPlot();
        var points = Thin(times, values);
        var xs = Array.ConvertAll(points, point => point.X);
        var ys = Array.ConvertAll(points, point => point.Y);
        var fill = plot.Add.FillY(xs, ys, Array.ConvertAll(xs, _ => baseline));
        fill.FillColor = color.WithAlpha(0.14);
        fill.LineWidth = 0;
        fill.MarkerSize = 0;
        var line = plot.Add.ScatterLine(points);
        line.Color = color;
        line.LineWidth = 2;
        var (low, high) = (Math.Min(values.Min(), baseline), Math.Max(values.Max(), baseline));
        var room = Math.Max(high - low, 0.01) * 0.05;
        plot.Axes.SetLimits(times[0], Math.Max(times[^1], times[0] + 1), low - room, high + room);
        plot.Axes.Left.TickGenerator = Ticks(
            Figures.Ticks(low, high, 5),
            baseline == 0 ? value => Figures.Percent(value) : value => Figures.Number(value)
        );
        plot.Axes.Bottom.TickGenerator = Ticks(Dates(times[0], times[^1]), Date);
        plot.Axes.Left.Label.Text = label;
        plot.Axes.Left.Label.Bold = false;
        plot.Axes.Left.Label.FontSize = 19;
        plot.Axes.Left.Label.FontName = ChartFont.Name;
        plot.Axes.Left.MinimumSize = plot.Axes.Left.MaximumSize = 110;
        PngCharts.Render(plot, canvas, area);
    }

    private static Coordinates[] Thin(double[] times, double[] values)
    {
        if (values.Length <= MostPoints)
        {
            return [.. times.Zip(values, (time, value) => new Coordinates(time, value))];
        }

        var points = new List<Coordinates>();
        var step = (values.Length + MostPoints / 2 - 1) / (MostPoints / 2);
        for (var start = 0; start < values.Length; start += step)
        {
            var (least, most) = (start, start);
            for (var i = start; i < Math.Min(start + step, values.Length); i++)
            {
                least = values[i] < values[least] ? i : least;
                most = values[i] > values[most] ? i : most;
            }

            points.Add(new Coordinates(times[Math.Min(least, most)], values[Math.Min(least, most)]));
            points.Add(new Coordinates(times[Math.Max(least, most)], values[Math.Max(least, most)]));
        }

        return [.. points];
    }

    // Years, months or days, whichever gives a handful.
    private static IReadOnlyList<double> Dates(double from, double to)
    {
        var (first, last) = (DateTime.FromOADate(from), DateTime.FromOADate(to));
        var days = to - from;
        var months =
            days > 12 * 365 ? 24
            : days > 5 * 365 ? 12
            : days > 2 * 365 ? 6
            : days > 240 ? 3
            : days > 60 ? 1
            : 0;
        if (months == 0)
        {
            return Figures.Ticks(Math.Floor(from), Math.Ceiling(to), 6);
        }

        var ticks = new List<double>();
        for (
            var at = new DateTime(first.Year, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);
            at <= last;
            at = at.AddMonths(months)
        )
        {
            // A label at the very end would be cut.
            if (at >= first && at.ToOADate() <= to - days * 0.04)
            {
                ticks.Add(at.ToOADate());
            }
        }

        return ticks;
    }

    private static string Date(double value) => UtcDate.Format(DateTime.FromOADate(Math.Floor(value)));

    private static NumericManual Ticks(IReadOnlyList<double> positions, Func<double, string> label)
    {
        var ticks = new NumericManual();
        foreach (var position in positions)
        {
            ticks.AddMajor(position, label(position));
        }

        return ticks;
    }
}
