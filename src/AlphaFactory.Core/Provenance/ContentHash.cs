using System.Security.Cryptography;
using System.Text;

namespace AlphaFactory.Core.Provenance;

/// <summary>SHA-256 as the product writes it: 64 lower-case hexadecimal digits.</summary>
public static class ContentHash
{
    /// <summary>The hash of a text's UTF-8 bytes.</summary>
    public static string OfText(string text) => OfBytes(Encoding.UTF8.GetBytes(text));

    /// <summary>The hash of bytes.</summary>
    public static string OfBytes(ReadOnlySpan<byte> bytes) =>
        Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>The hash of a file's bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static string OfFile(string path, CancellationToken cancellation = default)
    {
        using var stream = File.OpenRead(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        for (int read; (read = stream.Read(buffer)) > 0; )
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
