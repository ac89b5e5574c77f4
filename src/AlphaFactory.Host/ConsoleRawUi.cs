using System.Globalization;
using System.Management.Automation.Host;

namespace AlphaFactory.Host;

/// <summary>The little that the engine's formatting asks of a screen: its width. There is no cell to paint.</summary>
internal sealed class ConsoleRawUi : PSHostRawUserInterface
{
    private const int DefaultWidth = 120;
    private const int Height = 50;

    /// <inheritdoc/>
    public override Size BufferSize
    {
        get => new(Width, Height);
        set => throw Unsupported();
    }

    /// <inheritdoc/>
    public override Size WindowSize
    {
        get => BufferSize;
        set => throw Unsupported();
    }

    /// <inheritdoc/>
    public override Size MaxWindowSize => BufferSize;

    /// <inheritdoc/>
    public override Size MaxPhysicalWindowSize => BufferSize;

    /// <inheritdoc/>
    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

    /// <inheritdoc/>
    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

    /// <inheritdoc/>
    public override Coordinates CursorPosition { get; set; }

    /// <inheritdoc/>
    public override Coordinates WindowPosition { get; set; }

    /// <inheritdoc/>
    public override int CursorSize { get; set; } = 25;

    /// <inheritdoc/>
    public override string WindowTitle { get; set; } = "AlphaFactory";

    /// <inheritdoc/>
    public override bool KeyAvailable => !Console.IsInputRedirected && Console.KeyAvailable;

    /// <summary>The terminal's width; of a file or a pipe what <c>COLUMNS</c> says, else 120.</summary>
    private static int Width
    {
        get
        {
            var columns = Environment.GetEnvironmentVariable("COLUMNS");
            return !Console.IsOutputRedirected && Console.WindowWidth > 0 ? Console.WindowWidth
                : int.TryParse(columns, CultureInfo.InvariantCulture, out var width) && width > 0 ? width
                : DefaultWidth;
        }
    }

    /// <inheritdoc/>
    public override void FlushInputBuffer() { }

    /// <inheritdoc/>
    public override KeyInfo ReadKey(ReadKeyOptions options) => throw Unsupported();

    /// <inheritdoc/>
    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw Unsupported();

    /// <inheritdoc/>
    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw Unsupported();

    /// <inheritdoc/>
    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) => throw Unsupported();

    /// <inheritdoc/>
    public override void ScrollBufferContents(
        Rectangle source,
        Coordinates destination,
        Rectangle clip,
        BufferCell fill
    ) => throw Unsupported();

    private static NotSupportedException Unsupported() => new("This host writes lines; it has no screen.");
}
