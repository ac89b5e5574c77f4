using System.Management.Automation;
using System.Xml.Linq;

namespace AlphaFactory.Cmdlets.Tests;

/// <summary>The module as PowerShell sees it: how it loads, what it exports, and where its assemblies go.</summary>
public sealed class ModuleTests
{
    /// <summary>Loads Core, which nothing has done before a cmdlet runs.</summary>
    private const string UseCore = """
        try { throw 'x' } catch { $null = Get-AlphaExitCode $_ }
        $core = [System.Runtime.Loader.AssemblyLoadContext]::All | Where-Object Name -EQ AlphaFactory.Core
        function Load($name) { $core.LoadFromAssemblyName([System.Reflection.AssemblyName]::new($name)) }
        $sqlite = (Load Microsoft.Data.Sqlite).GetType('Microsoft.Data.Sqlite.SqliteConnection')
        $connection = [Activator]::CreateInstance($sqlite, 'Data Source=:memory:')
        $connection.Open()
        $bitmap = [Activator]::CreateInstance((Load SkiaSharp).GetType('SkiaSharp.SKBitmap'), @(4, 3, $false))

        """;

    [Fact]
    public void Imports_through_its_manifest()
    {
        using var module = new HostedModule();

        var found = module.Run("Get-Module AlphaFactory");

        Assert.Equal(new Version(1, 1, 0), found.Value("Version"));
        Assert.Equal("Binary", found.Value("ModuleType")?.ToString());
    }

    [Fact]
    public void Imports_by_force_again_and_again()
    {
        using var module = new HostedModule();
        var script = "foreach ($i in 1..2) { Import-Module $args[0] -Force }; Get-AlphaExitCode";

        Assert.Equal(0, module.Run(script, Repository.Manifest).Single.BaseObject);
    }

    [Fact]
    public void Can_be_removed_and_imported_again()
    {
        using var module = new HostedModule();
        var script = """
            Remove-Module AlphaFactory
            if (Get-Command Get-AlphaExitCode -ErrorAction Ignore) { throw 'still there' }
            Import-Module $args[0]
            try { throw 'x' } catch { Get-AlphaExitCode $_ }
            """;

        Assert.Equal(1, module.Run(script, Repository.Manifest).Single.BaseObject);
    }

    [Fact]
    public async Task Works_in_two_runspaces_at_once()
    {
        using var start = new Barrier(2);
        var codes = await Task.WhenAll(
            Enumerable
                .Range(0, 2)
                .Select(_ =>
                    Task.Run(() =>
                    {
                        start.SignalAndWait(TestContext.Current.CancellationToken);
                        using var module = new HostedModule();
                        var script = "try { throw 'x' } catch { $_ | Get-AlphaExitCode }";
                        return module.Run(script).Single.BaseObject;
                    })
                )
        );

        Assert.Equal([1, 1], codes);
    }

    [Fact]
    public void Has_a_clean_manifest()
    {
        using var module = new HostedModule(import: false);

        var tested = module.Run("Test-ModuleManifest $args[0]", Repository.Manifest).WithoutErrors;

        Assert.Empty(tested.Warnings);
        Assert.Equal(new Version(7, 6), tested.Value("PowerShellVersion"));
    }

    [Fact]
    public void Loads_nothing_but_its_cmdlets_at_import()
    {
        var script = "[AppDomain]::CurrentDomain.GetAssemblies() | ForEach-Object { $_.GetName().Name }";

        var loaded = HostProcess
            .Run("-Command", script)
            .WithoutError.Output.Split('\n', StringSplitOptions.TrimEntries);

        Assert.Contains("AlphaFactory.Cmdlets", loaded);
        Assert.Empty(loaded.Intersect(CoreAssemblies));
    }

    [Fact]
    public void Keeps_core_and_third_parties_in_a_context_of_their_own()
    {
        var script =
            UseCore
            + """
                foreach ($context in [System.Runtime.Loader.AssemblyLoadContext]::All) {
                    foreach ($assembly in $context.Assemblies) { "$($context.Name) $($assembly.GetName().Name)" }
                }
                """;

        var loaded = HostProcess
            .Run("-Command", script)
            .WithoutError.Output.Split(
                '\n',
                StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
            )
            .Select(line => line.Split(' '))
            .Where(pair => CoreAssemblies.Contains(pair[1]))
            .ToLookup(pair => pair[1], pair => pair[0]);

        Assert.Contains("Microsoft.Data.Sqlite", loaded.Select(assembly => assembly.Key));
        Assert.All(loaded, contexts => Assert.Equal(["AlphaFactory.Core"], contexts));
    }

    [Fact]
    public void Finds_the_natives_of_sqlite_and_skia()
    {
        using var module = new HostedModule();

        var result = module.Run(
            UseCore + "$connection.ServerVersion; $bitmap.Width; $connection.Dispose(); $bitmap.Dispose()"
        );

        Assert.StartsWith("3.", result.WithoutErrors.Texts[0], StringComparison.Ordinal);
        Assert.Equal("4", result.Texts[1]);
    }

    [Fact]
    public void Exports_each_cmdlet_class_and_nothing_else()
    {
        using var module = new HostedModule();

        var classes = Cmdlets(module)[0]
            .ImplementingType.Assembly.GetTypes()
            .SelectMany(type => type.GetCustomAttributes(typeof(CmdletAttribute), inherit: false))
            .Cast<CmdletAttribute>()
            .Select(cmdlet => $"{cmdlet.VerbName}-{cmdlet.NounName}");

        Assert.Equal(
            classes.Order(StringComparer.Ordinal),
            Cmdlets(module).Select(cmdlet => cmdlet.Name).Order(StringComparer.Ordinal)
        );
        Assert.Empty(module.Run("(Get-Module AlphaFactory).ExportedFunctions.Keys").Output);
    }

    [Fact]
    public void Shows_the_syntax_of_each_cmdlet()
    {
        using var module = new HostedModule();
        foreach (var cmdlet in Cmdlets(module))
        {
            var help = module.Run(
                "(Get-Help $args[0]).Syntax.SyntaxItem.Name; Get-Command $args[0] -Syntax",
                cmdlet.Name
            );

            Assert.Contains(cmdlet.Name, help.WithoutErrors.Texts[0], StringComparison.Ordinal);
            Assert.Contains(cmdlet.Name, help.Texts[^1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Says_what_each_cmdlet_gives_and_has_a_view_for_it()
    {
        using var module = new HostedModule();
        var views = Views()
            .Descendants("ViewSelectedBy")
            .Select(view => view.Element("TypeName")?.Value)
            .ToHashSet(StringComparer.Ordinal);
        foreach (var cmdlet in Cmdlets(module))
        {
            Assert.True(
                cmdlet.OutputType.Count > 0 || GivesNothing(cmdlet),
                $"{cmdlet.Name} has no OutputType."
            );
            Assert.All(
                cmdlet.OutputType.Select(output => output.Name).Where(IsOwn),
                name => Assert.Contains(name, views)
            );
        }
    }

    [Fact]
    public void Gives_no_enumeration_that_ConvertTo_Json_writes_as_a_number()
    {
        using var module = new HostedModule();

        var types = Reachable(
            Cmdlets(module).SelectMany(cmdlet => cmdlet.OutputType).Select(output => output.Type)
        );

        // It writes the names of the members of those of 64 bits only.
        var enumerations = types.Where(type => type.IsEnum).ToList();
        Assert.Contains("AlphaStage", enumerations.Select(type => type.Name));
        Assert.All(enumerations, type => Assert.Equal(typeof(long), Enum.GetUnderlyingType(type)));
    }

    [Fact]
    public void Shows_tables_that_fit_a_terminal_of_80_columns()
    {
        const int Terminal = 80;
        const int Readable = 14;
        foreach (var table in Views().Descendants("TableControl"))
        {
            var view = table.Parent!.Element("Name")!.Value;
            var headers = table
                .Descendants("TableColumnHeader")
                .Select(header =>
                    (Label: header.Element("Label")!.Value, Width: (int?)header.Element("Width"))
                )
                .ToList();

            Assert.All(headers, header => Assert.True(header.Label.Length <= (header.Width ?? Readable)));
            // Columns of fixed width that do not fit are left out from the end; one that takes what is left is
            // pressed together.
            var width = headers.Sum(header => (header.Width ?? Readable) + 1) - 1;
            Assert.True(
                width <= Terminal || headers.TrueForAll(header => header.Width is not null),
                $"{view} is {width} columns wide."
            );
        }
    }

    private static HashSet<string> CoreAssemblies { get; } =
        Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "module", "bin", "core"), "*.dll")
            .Select(path => Path.GetFileNameWithoutExtension(path))
            .ToHashSet(StringComparer.Ordinal);

    private static XDocument Views() =>
        XDocument.Load(Path.Combine(Repository.Root, "module", "AlphaFactory.Format.ps1xml"));

    private static CmdletInfo[] Cmdlets(HostedModule module) =>
        [
            .. module
                .Run("(Get-Module AlphaFactory).ExportedCmdlets.Values")
                .WithoutErrors.Output.Select(item => (CmdletInfo)item.BaseObject),
        ];

    private static bool GivesNothing(CmdletInfo cmdlet) =>
        cmdlet.Verb is "Remove" or "Unregister" or "Export";

    // The module's own types that some types have properties of, or of collections of, and theirs in turn.
    private static HashSet<Type> Reachable(IEnumerable<Type> types)
    {
        var seen = new HashSet<Type>();
        var left = new Stack<Type>(types);
        while (left.TryPop(out var type))
        {
            if (type.IsGenericType || type.IsArray)
            {
                Array.ForEach(type.GetGenericArguments(), left.Push);
                left.Push(type.GetElementType() ?? typeof(object));
            }
            else if (IsOwn(type.FullName!) && seen.Add(type))
            {
                Array.ForEach(type.GetProperties(), property => left.Push(property.PropertyType));
            }
        }

        return seen;
    }

    private static bool IsOwn(string type) => type.StartsWith("AlphaFactory.", StringComparison.Ordinal);
}
