using System.Globalization;

namespace AlphaFactory.Benchmarks;

/// <summary>What the command line says besides the name of the benchmarks.</summary>
internal sealed class Options(string[] args)
{
    /// <summary>Runs one part.</summary>
    public string Only => Text("only", "");

    /// <summary>Where generated stores are kept.</summary>
    public string Folder =>
        Directory
            .CreateDirectory(Text("folder", Path.Combine(Path.GetTempPath(), "alphafactory-benchmarks")))
            .FullName;

    /// <summary>The text after <c>--name</c>.</summary>
    public string Text(string name, string otherwise)
    {
        var at = Array.IndexOf(args, "--" + name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : otherwise;
    }

    /// <summary>The number after <c>--name</c>.</summary>
    public int Number(string name, int otherwise) =>
        int.Parse(Text(name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
}
