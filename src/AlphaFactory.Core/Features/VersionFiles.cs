using AlphaFactory.Core.Provenance;

namespace AlphaFactory.Core.Features;

/// <summary>Whether the files of a version are, byte for byte, what the import wrote.</summary>
internal static class VersionFiles
{
    /// <summary>
    /// The first file whose bytes are not those of the manifest's hash, or null when all are. A content hash says
    /// what a result was made of only while the files are as they were hashed.
    /// </summary>
    /// <param name="set">The version; its manifest has been read before and is in order.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static string? FindChanged(FeatureSet set, CancellationToken cancellation)
    {
        var manifest = FeatureManifest.Read(Path.Combine(set.Path, FeatureManifest.FileName));
        foreach (var file in manifest.Files)
        {
            cancellation.ThrowIfCancellationRequested();
            var path = Path.Combine(set.Path, file.Name);
            if (ContentHash.OfFile(path, cancellation) != file.Sha256)
            {
                return path;
            }
        }

        return null;
    }
}
