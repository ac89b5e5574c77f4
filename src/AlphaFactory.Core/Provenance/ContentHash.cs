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
    public static string OfFile(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
