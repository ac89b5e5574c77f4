using System.Runtime.Loader;

namespace AlphaFactory.Benchmarks;

/// <summary>
/// Loads Core from the module's own folder. It is not copied beside the benchmarks, where the module would find it too
/// and not in its own load context, as users have it.
/// </summary>
internal static class CoreOfModule
{
    private static readonly string Folder = Path.Combine(Tree.Root, "module", "bin", "core");

    /// <summary>Finds Core, and what it needs, from now on.</summary>
    public static void Find() =>
        AssemblyLoadContext.Default.Resolving += (context, name) =>
            Path.Combine(Folder, name.Name + ".dll") is var path && File.Exists(path)
                ? context.LoadFromAssemblyPath(path)
                : null;
}
