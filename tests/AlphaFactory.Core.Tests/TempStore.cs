using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Tests;

/// <summary>A store that is gone after the test.</summary>
internal sealed class TempStore : IDisposable
{
    private readonly TempFolder _folder = new();

    public TempStore() => Store = AlphaStore.OpenOrCreate(Path);

    public string Path => _folder.File("store");

    public AlphaStore Store { get; }

    public string File(string name) => _folder.File(name);

    public void Dispose()
    {
        Store.Dispose();
        _folder.Dispose();
    }
}
