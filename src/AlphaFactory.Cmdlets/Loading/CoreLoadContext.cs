using System.Reflection;
using System.Runtime.Loader;

namespace AlphaFactory.Cmdlets.Loading;

/// <summary>
/// Holds AlphaFactory.Core and every third-party assembly apart from the session's own, so that another module
/// may bring other versions of them.
/// </summary>
internal sealed class CoreLoadContext : AssemblyLoadContext
{
    private const string CoreName = "AlphaFactory.Core";

    private static readonly Lazy<CoreLoadContext> Instance = new(() => new CoreLoadContext());

    private readonly string _corePath;
    private readonly AssemblyDependencyResolver _resolver;

    private CoreLoadContext()
        : base(CoreName)
    {
        var module = Path.GetDirectoryName(typeof(CoreLoadContext).Assembly.Location)!;
        _corePath = Path.Combine(module, "core", CoreName + ".dll");
        _resolver = new AssemblyDependencyResolver(_corePath);
    }

    /// <summary>Answers the default context when it looks for Core; everything else is not ours to answer.</summary>
    public static Assembly? ResolveCore(AssemblyLoadContext context, AssemblyName name) =>
        name.Name == CoreName ? Instance.Value.LoadFromAssemblyPath(Instance.Value._corePath) : null;

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName) =>
        _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;

    /// <inheritdoc/>
    protected override IntPtr LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path
            ? LoadUnmanagedDllFromPath(path)
            : IntPtr.Zero;
}
