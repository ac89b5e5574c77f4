using System.Xml.Linq;

namespace AlphaFactory.Cmdlets.Tests;

/// <summary>The store's own tools, as a user of PowerShell meets them.</summary>
public sealed class StoreCommandTests : IDisposable
{
    private readonly ScriptFolder _folder = new();
    private readonly HostedModule _module = new();
    private readonly string _store;

    public StoreCommandTests()
    {
        _store = _folder.File("store");
        _ = _module.Run("$store = $args[0]", _store).WithoutErrors;
    }

    public void Dispose()
    {
        _module.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Initialize_makes_a_store_once_and_describes_it()
    {
        var whatIf = _module.Run("Initialize-AlphaStore -Store $store -WhatIf").WithoutErrors;
        Assert.Empty(whatIf.Output);
        Assert.False(Directory.Exists(_store));

        var made = _module.Run("Initialize-AlphaStore -Store $store");
        var again = _module.Run("Initialize-AlphaStore -Store $store");

        Assert.Equal(_store, made.Value("Path"));
        Assert.Equal(made.Value("Id"), again.Value("Id"));
    }

    [Fact]
    public void Get_counts_what_is_there_and_no_store_is_an_error()
    {
        Assert.Equal(["StoreNotFound"], _module.Run("Get-AlphaStore -Store $store").ErrorIds);

        Fill();
        var store = _module.Run("Get-AlphaStore -Store $store");

        Assert.Equal(2L, store.Value("Alphas"));
        Assert.Equal(3L, store.Value("AlphaVersions"));
    }

    [Fact]
    public void Test_gives_nothing_for_a_store_in_order_and_an_object_for_each_finding()
    {
        Fill();
        var clean = _module.Run("Test-AlphaStore -Store $store -Verbose").WithoutErrors;
        Assert.Empty(clean.Output);
        Assert.Contains(clean.Verbose, line => line.Contains("every alpha", StringComparison.Ordinal));

        Directory.CreateDirectory(Path.Combine(_store, "experiments", "20200101-000000-abcdef"));
        var finding = _module.Run("Test-AlphaStore -Store $store");

        Assert.Equal("FolderUnknown", $"{finding.Value("Kind")}");
        Assert.Equal("Warning", $"{finding.Value("Severity")}");
        Assert.Equal(true, finding.Value("Repairable"));
    }

    [Fact]
    public void Repair_asks_says_what_it_did_and_leaves_a_store_in_order()
    {
        Fill();
        var folder = Directory.CreateDirectory(Path.Combine(_store, "experiments", "lost"));

        Assert.Empty(_module.Run("Repair-AlphaStore -Store $store -WhatIf").WithoutErrors.Output);
        Assert.True(Directory.Exists(folder.FullName));
        var actions = _module.Run("Repair-AlphaStore -Store $store | ForEach-Object Action").WithoutErrors;

        Assert.Contains("Moved", actions.Texts);
        Assert.True(Directory.Exists(Path.Combine(_store, "lost+found", "experiments", "lost")));
        Assert.Empty(_module.Run("Test-AlphaStore -Store $store").WithoutErrors.Output);
    }

    [Fact]
    public void A_backup_opens_as_a_store_and_refuses_a_folder_in_use()
    {
        Fill();
        var target = _folder.File("backup");

        Assert.Empty(
            _module.Run("Backup-AlphaStore $args[0] -Store $store -WhatIf", target).WithoutErrors.Output
        );
        Assert.False(Directory.Exists(target));
        var backup = _module.Run("Backup-AlphaStore $args[0] -Store $store", target);

        Assert.Equal(target, backup.Value("Path"));
        Assert.Equal(
            ["growth", "momentum", "momentum"],
            _module.Run("Get-Alpha -Store $args[0] -SortBy Name | ForEach-Object Name", target).Texts
        );
        Assert.Equal(
            ["SpecInvalid"],
            _module.Run("Backup-AlphaStore $args[0] -Store $store", target).ErrorIds
        );
    }

    [Fact]
    public void Optimize_says_what_it_did_and_asks()
    {
        Fill();

        Assert.Empty(_module.Run("Optimize-AlphaStore -Store $store -WhatIf").WithoutErrors.Output);
        var actions = _module.Run("Optimize-AlphaStore -Store $store | ForEach-Object Action").WithoutErrors;

        Assert.Contains("Rewritten", actions.Texts);
    }

    [Theory]
    [InlineData("Get-AlphaStore")]
    [InlineData("Test-AlphaStore")]
    [InlineData("Repair-AlphaStore")]
    [InlineData("Optimize-AlphaStore")]
    [InlineData("Backup-AlphaStore never")]
    [InlineData("Initialize-AlphaStore")]
    public void A_damaged_database_is_named_and_left_as_it_is(string command)
    {
        Fill();
        var database = Path.Combine(_store, "registry.db");
        File.WriteAllText(database, "this is not a database, but it is long enough to be looked at as one");

        var result = _module.Run(
            $"Set-Location (Split-Path $store); try {{ {command} -Store $store }} catch {{ $_; Get-AlphaExitCode $_ }}"
        );

        Assert.Equal("6", result.Texts[^1]);
        Assert.Contains("registry.db", result.Texts[0], StringComparison.Ordinal);
        Assert.StartsWith("this is not", File.ReadAllText(database), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("never")));
    }

    [Theory]
    [InlineData("Get-AlphaStore", "StoreDescription")]
    [InlineData("Test-AlphaStore", "StoreFinding")]
    [InlineData("Repair-AlphaStore", "StoreAction")]
    public void Every_object_has_a_table_and_a_list_with_everything(string command, string type)
    {
        Fill();
        Directory.CreateDirectory(Path.Combine(_store, "experiments", "lost"));
        var views = XDocument
            .Load(Path.Combine(Repository.Root, "module", "AlphaFactory.Format.ps1xml"))
            .Descendants("View")
            .Where(view =>
                view.Descendants("TypeName").Single().Value.EndsWith("." + type, StringComparison.Ordinal)
            )
            .ToList();

        var item = _module.Run($"@({command} -Store $store)[0]").Single;

        Assert.Contains("AlphaFactory.Core.Maintenance." + type, item.TypeNames);
        Assert.Single(views, view => view.Descendants("TableControl").Any());
        var list = Assert.Single(views, view => view.Descendants("ListControl").Any());
        var shown = list.Descendants("ListItem")
            .Select(entry => (string?)(entry.Element("Label") ?? entry.Element("PropertyName")));
        Assert.Equal(item.Properties.Select(property => property.Name).Order(), shown.Order());
    }

    [Fact]
    public void Sizes_and_paths_are_shown_short()
    {
        var texts = _module
            .Run(
                "999, 204921, 12345678, 9876543210 | ForEach-Object { [AlphaFactory.Cmdlets.Display]::Size($_) }; "
                    + "[AlphaFactory.Cmdlets.Display]::PathEnd($args[0])",
                Path.Combine(_store, "features", "a.parquet")
            )
            .WithoutErrors.Texts;

        Assert.Equal(
            ["999 bytes", "204.9 kB", "12.3 MB", "9.9 GB", Path.Combine("features", "a.parquet")],
            texts
        );
    }

    private void Fill() =>
        _ = _module
            .Run(
                "$null = 'momentum', 'momentum', 'growth' | ForEach-Object "
                    + "{ Register-Alpha -Name $_ -Metric @{ sharpe = 1.5 } -Tag fx -Store $store }"
            )
            .WithoutErrors;
}
