using System.Management.Automation;
using System.Runtime.Loader;

namespace AlphaFactory.Cmdlets.Loading;

/// <summary>
/// Subscribes, and does nothing else at import. The subscription is the process's, not the runspace's: it stays
/// when the module is removed, because another runspace may still use it.
/// </summary>
public sealed class ModuleInitializer : IModuleAssemblyInitializer
{
    private static int s_subscribed;

    /// <inheritdoc/>
    public void OnImport()
    {
        if (Interlocked.Exchange(ref s_subscribed, 1) == 0)
        {
            AssemblyLoadContext.Default.Resolving += CoreLoadContext.ResolveCore;
        }
    }
}
