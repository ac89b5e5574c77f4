namespace AlphaFactory.Core.Provenance;

/// <summary>Where code comes from, looked up once for the same files.</summary>
/// <param name="folder">The folder that counts for what has no files.</param>
public sealed class Origins(string folder)
{
    private readonly Dictionary<string, Origin> _known = new(StringComparer.Ordinal);

    /// <summary>The origin of code files; see <see cref="Origin.Here"/>.</summary>
    public Origin Of(IReadOnlyList<string> files)
    {
        var key = string.Join('\n', files);
        if (!_known.TryGetValue(key, out var origin))
        {
            origin = Origin.Here(folder, files);
            _known.Add(key, origin);
        }

        return origin;
    }
}
