using ArchUnitNET.Domain;
using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;

namespace AlphaFactory.Core.Tests;

/// <summary>The rules that keep Core simple.</summary>
public sealed class ArchitectureTests
{
    private static readonly System.Reflection.Assembly Core = typeof(AlphaFactoryException).Assembly;

    private static readonly Architecture Architecture = new ArchLoader().LoadAssembly(Core).Build();

    [Fact]
    public void Core_knows_nothing_of_powershell()
    {
        Assert.DoesNotContain(
            Core.GetReferencedAssemblies(),
            reference => reference.Name!.Contains("Management.Automation", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Folders_of_core_have_no_cycles()
    {
        SliceRuleDefinition
            .Slices()
            .Matching("AlphaFactory.Core.(*)")
            .Should()
            .BeFreeOfCycles()
            .Check(Architecture);
    }

    [Theory]
    [InlineData("Storage")]
    [InlineData("Expressions")]
    [InlineData("Provenance")]
    public void Lowest_folders_depend_on_no_other(string folder)
    {
        var own = $"AlphaFactory.Core.{folder}";
        var others = Architecture
            .Types.Where(type => type.Namespace.FullName == own)
            .SelectMany(type => type.Dependencies)
            .Select(dependency => dependency.Target)
            .Where(target =>
                target.Namespace.FullName.StartsWith("AlphaFactory.Core.", StringComparison.Ordinal)
                && target.Namespace.FullName != own
            )
            .Select(target => target.FullName);

        Assert.Empty(others);
    }

    [Fact]
    public void Namespaces_are_folders()
    {
        var stray = Core.GetExportedTypes()
            .Where(type =>
                type.Namespace!.Split('.').Length > 3
                || !type.Namespace.StartsWith("AlphaFactory.Core", StringComparison.Ordinal)
            );

        Assert.Empty(stray);
    }
}
