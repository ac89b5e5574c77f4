using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace AlphaFactory.Cmdlets.Tests;

/// <summary>
/// The rules that the staged cmdlets' assembly keeps, read from its metadata without loading it: PowerShell
/// exports its types before the module can say where Core is.
/// </summary>
public sealed class ArchitectureTests : IDisposable
{
    private const string Core = "AlphaFactory.Core";

    private readonly PEReader _file = new(
        File.OpenRead(Path.Combine(Repository.Root, "module", "bin", "AlphaFactory.Cmdlets.dll"))
    );

    private MetadataReader Metadata => _file.GetMetadataReader();

    [Fact]
    public void Cmdlets_know_powershell_and_core_and_no_third_party()
    {
        var references = Metadata.AssemblyReferences.Select(handle =>
            Metadata.GetString(Metadata.GetAssemblyReference(handle).Name)
        );

        Assert.All(
            references,
            name =>
                Assert.True(
                    name is Core or "netstandard" or "System.Management.Automation"
                        || (name.StartsWith("System.", StringComparison.Ordinal) && IsOfTheRuntime(name)),
                    $"AlphaFactory.Cmdlets refers to {name}."
                )
        );
    }

    [Fact]
    public void Public_types_neither_inherit_from_nor_implement_cores()
    {
        foreach (var type in Metadata.TypeDefinitions.Select(Metadata.GetTypeDefinition))
        {
            if ((type.Attributes & TypeAttributes.VisibilityMask) != TypeAttributes.Public)
            {
                continue;
            }

            var name = Metadata.GetString(type.Name);
            var parents = type.GetInterfaceImplementations()
                .Select(handle => Metadata.GetInterfaceImplementation(handle).Interface)
                .Append(type.BaseType)
                .Where(parent => !parent.IsNil);
            Assert.All(parents, parent => Assert.False(IsCores(parent), $"{name} builds on a type of Core."));
        }
    }

    [Fact]
    public void Cmdlets_are_sealed()
    {
        var open = Metadata
            .TypeDefinitions.Select(Metadata.GetTypeDefinition)
            .Where(type => !type.Attributes.HasFlag(TypeAttributes.Sealed))
            .Select(type => Metadata.GetString(type.Name))
            .Where(name => name.EndsWith("Command", StringComparison.Ordinal));

        Assert.Empty(open);
    }

    public void Dispose() => _file.Dispose();

    private static bool IsOfTheRuntime(string assembly) =>
        File.Exists(
            Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, assembly + ".dll")
        );

    private bool IsCores(EntityHandle type) =>
        type.Kind switch
        {
            HandleKind.TypeReference => ScopeOf((TypeReferenceHandle)type) == Core,
            // A generic type: its signature names the definition and the arguments.
            HandleKind.TypeSpecification => NamesCore((TypeSpecificationHandle)type),
            _ => false,
        };

    private bool NamesCore(TypeSpecificationHandle handle)
    {
        var signature = Metadata.GetBlobReader(Metadata.GetTypeSpecification(handle).Signature);
        while (signature.RemainingBytes > 0)
        {
            var kind = signature.ReadByte();
            if (kind is (byte)SignatureTypeKind.Class or (byte)SignatureTypeKind.ValueType)
            {
                var named = signature.ReadTypeHandle();
                if (named.Kind == HandleKind.TypeReference && ScopeOf((TypeReferenceHandle)named) == Core)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private string? ScopeOf(TypeReferenceHandle handle)
    {
        var scope = Metadata.GetTypeReference(handle).ResolutionScope;
        return scope.Kind switch
        {
            HandleKind.AssemblyReference => Metadata.GetString(
                Metadata.GetAssemblyReference((AssemblyReferenceHandle)scope).Name
            ),
            HandleKind.TypeReference => ScopeOf((TypeReferenceHandle)scope),
            _ => null,
        };
    }
}
