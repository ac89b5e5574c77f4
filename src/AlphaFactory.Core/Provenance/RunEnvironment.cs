using System.Globalization;
using System.Numerics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace AlphaFactory.Core.Provenance;

/// <summary>What a result may depend on besides its inputs: recorded with every run.</summary>
/// <param name="ModuleVersion">The version of AlphaFactory.</param>
/// <param name="Runtime">The .NET runtime and its version.</param>
/// <param name="OperatingSystem">The operating system.</param>
/// <param name="Architecture">The process architecture.</param>
/// <param name="VectorBits">The width of a SIMD vector, in bits.</param>
/// <param name="Culture">The culture of the session that asked.</param>
/// <param name="Machine">The machine's name.</param>
/// <param name="User">The user's name.</param>
public sealed record RunEnvironment(
    string ModuleVersion,
    string Runtime,
    string OperatingSystem,
    string Architecture,
    int VectorBits,
    string Culture,
    string Machine,
    string User
)
{
    /// <summary>The environment of this process.</summary>
    public static RunEnvironment Current =>
        new(
            typeof(RunEnvironment)
                .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
                ?.InformationalVersion.Split('+')[0]
                ?? "",
            RuntimeInformation.FrameworkDescription,
            RuntimeInformation.OSDescription,
            RuntimeInformation.ProcessArchitecture.ToString(),
            Vector<byte>.Count * 8,
            CultureInfo.CurrentCulture.Name,
            Environment.MachineName,
            Environment.UserName
        );

    /// <summary>Whether the same inputs give the same bits: all but the culture, the machine's name and the user.</summary>
    public bool ComputesLike(RunEnvironment other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Computing == other.Computing;
    }

    /// <summary>The part of it that results may depend on.</summary>
    internal RunEnvironment Computing => this with { Culture = "", Machine = "", User = "" };
}
