using System.Security.Cryptography;
using System.Text.Json;
using AlphaFactory.Core.Provenance;

namespace AlphaFactory.Core.Features;

/// <summary>
/// The hash of a version's schema, roles and rows. Each column is hashed by itself over the sorted rows, so the
/// result depends neither on the order of arrival nor on how the rows are cut into chunks.
/// </summary>
internal sealed class ContentDigest(ImportPlan plan) : IDisposable
{
    private readonly IncrementalHash[] _columns =
    [
        .. plan.Columns.Select(_ => IncrementalHash.CreateHash(HashAlgorithmName.SHA256)),
    ];

    /// <summary>Takes the next rows of a column in.</summary>
    public void Add(int column, ColumnData chunk) => chunk.AddTo(_columns[column]);

    /// <summary>The hash of all rows.</summary>
    public string Finish()
    {
        var columns = plan.Columns.Select(
            (column, i) =>
                new[]
                {
                    column.Name,
                    column.Type.Name(),
                    Convert.ToHexStringLower(_columns[i].GetHashAndReset()),
                }
        );
        var content = new
        {
            Format = "alphafactory-features-1",
            Time = plan.Columns[plan.Time].Name,
            Entity = plan.Entity is { } entity ? plan.Columns[entity].Name : null,
            Columns = columns.ToArray(),
        };
        var text = JsonSerializer.Serialize(content);
        return ContentHash.OfText(
            plan.Known is { } known ? text + "\nKnown: " + plan.Columns[known].Name : text
        );
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_columns, column => column.Dispose());
}
