using System.Collections;
using System.Collections.Specialized;
using System.Globalization;
using System.Management.Automation.Language;
using System.Text.Json;
using AlphaFactory.Core;

namespace AlphaFactory.Cmdlets.Binding;

/// <summary>Reads the table in a JSON file, or in a .psd1 file, of which nothing is run.</summary>
internal static class SpecFile
{
    private static readonly JsonDocumentOptions Options = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>Reads a file.</summary>
    /// <param name="path">The full path.</param>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.PathNotFound"/>, or <see cref="ErrorId.SpecInvalid"/>: it does not hold a table, and where.
    /// </exception>
    public static IDictionary Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new AlphaFactoryException(
                ErrorId.PathNotFound,
                $"There is no specification at '{path}'. Correct the path."
            )
            {
                Target = path,
            };
        }

        return Path.GetExtension(path).Equals(".psd1", StringComparison.OrdinalIgnoreCase)
            ? ReadData(path)
            : ReadJson(path);
    }

    private static IDictionary ReadData(string path)
    {
        var script = Parser.ParseFile(path, out _, out var errors);
        if (errors.Length > 0)
        {
            throw Invalid(path, errors[0].Extent.StartLineNumber, errors[0].Message);
        }

        var table =
            script.Find(node => node is HashtableAst, searchNestedScriptBlocks: false) as HashtableAst
            ?? throw Invalid(path, 1, "there is no table, @{ … }.");
        try
        {
            return (Hashtable)table.SafeGetValue();
        }
        catch (InvalidOperationException error)
        {
            throw Invalid(path, table.Extent.StartLineNumber, error.Message);
        }
    }

    private static IDictionary ReadJson(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path), Options);
            return Value(document.RootElement) as IDictionary
                ?? throw Invalid(path, 1, "it is no object, { … }.");
        }
        catch (JsonException error)
        {
            throw Invalid(path, (error.LineNumber ?? 0) + 1, error.Message);
        }
    }

    private static object? Value(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var table = new OrderedDictionary(StringComparer.OrdinalIgnoreCase);
                foreach (var property in element.EnumerateObject())
                {
                    table[property.Name] = Value(property.Value);
                }

                return table;
            case JsonValueKind.Array:
                return element.EnumerateArray().Select(Value).ToArray();
            case JsonValueKind.Number:
                return element.TryGetInt64(out var whole) ? whole : element.GetDouble();
            case JsonValueKind.String:
                return element.GetString();
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            default:
                return null;
        }
    }

    private static AlphaFactoryException Invalid(string path, long line, string what) =>
        new(
            ErrorId.SpecInvalid,
            string.Create(CultureInfo.InvariantCulture, $"The specification '{path}', line {line}: ") + what
        )
        {
            Target = path,
        };
}
