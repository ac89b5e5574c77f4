namespace AlphaFactory.Core.Storage;

/// <summary>What <c>store.json</c> says.</summary>
/// <param name="Format">The version of the folder's format.</param>
/// <param name="Id">The store's own id.</param>
/// <param name="Created">When it was made, UTC.</param>
public sealed record StoreInfo(int Format, Guid Id, DateTime Created);
