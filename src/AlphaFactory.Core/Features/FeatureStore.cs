using AlphaFactory.Core.Expressions;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Features;

/// <summary>The feature sets of a store: immutable versions, written once and read many times.</summary>
/// <param name="store">The store, which the caller keeps open.</param>
public sealed class FeatureStore(AlphaStore store)
{
    private readonly AlphaStore _store = store;

    /// <summary>Reads files into a new version of a set; when anything is wrong, nothing changes.</summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.PathNotFound"/>, <see cref="ErrorId.FileFormatInvalid"/>, <see cref="ErrorId.RowInvalid"/>,
    /// <see cref="ErrorId.DuplicateKey"/>, <see cref="ErrorId.SchemaMismatch"/>,
    /// <see cref="ErrorId.FeatureSetExists"/> or <see cref="ErrorId.NameInvalid"/>.
    /// </exception>
    public ImportResult Import(ImportRequest request, OperationContext context) =>
        throw new NotSupportedException(_store.Root);

    /// <summary>
    /// Every version of the sets whose name matches a pattern of <c>*</c> and <c>?</c> (without case; null takes
    /// all), by name, the newest version last.
    /// </summary>
    public IReadOnlyList<FeatureSet> List(string? pattern = null) =>
        throw new NotSupportedException(_store.Root);

    /// <summary>One version of a set.</summary>
    /// <param name="name">The name, without case.</param>
    /// <param name="version">The version; null takes the newest.</param>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.FeatureSetNotFound"/>.</exception>
    public FeatureSet Find(string name, int? version = null) => throw new NotSupportedException(_store.Root);

    /// <summary>Reads rows on the way, sorted by entity (ordinal), then time.</summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.SchemaMismatch"/>: an unknown column; <see cref="ErrorId.StoreCorrupt"/>: a file is
    /// missing or not as it was written.
    /// </exception>
    public IEnumerable<FeatureRow> Read(FeatureQuery query, OperationContext context) =>
        throw new NotSupportedException(_store.Root);

    /// <summary>
    /// Loads numbers by column, entity and bar. Entities are in ordinal order; a set without an entity column is
    /// one entity named as the set; what is missing is NaN.
    /// </summary>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.SchemaMismatch"/>: an unknown column or entity, or a column without numbers;
    /// <see cref="ErrorId.StoreCorrupt"/>: a file is missing or not as it was written.
    /// </exception>
    public Panel LoadPanel(FeatureSet set, PanelRequest request, OperationContext context) =>
        throw new NotSupportedException(_store.Root);
}
