namespace AlphaFactory.Cmdlets.Tests;

public sealed class ModuleTests
{
    [Fact]
    public void Imports_through_its_manifest()
    {
        using var module = new HostedModule();

        var exported = module.Run("(Get-Module AlphaFactory).ExportedCmdlets.Keys").WithoutErrors.Texts;

        Assert.Contains("Get-AlphaExitCode", exported);
    }

    [Fact]
    public void Imports_by_force_again_and_again()
    {
        using var module = new HostedModule();

        var script = "foreach ($i in 1..2) { Import-Module $args[0] -Force }; Get-AlphaExitCode";

        Assert.Equal(0, module.Run(script, Repository.Manifest).Single.BaseObject);
    }
}
