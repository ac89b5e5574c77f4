using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Provenance;
using AlphaFactory.Core.Registry;
using AlphaFactory.Core.Tests.Experiments;

namespace AlphaFactory.Core.Tests.Registry;

public sealed class AlphaProvenanceTests : IDisposable
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly Lab _lab = new();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _lab.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_run_brings_the_provenance_of_its_experiment()
    {
        Directory.CreateDirectory(_folder.File("repo", ".git"));
        File.WriteAllText(_folder.File("repo", ".git", "HEAD"), Commit);
        _lab.ImportSeries("prices", Lab.Walk(60, 1));
        var spec = Lab.Crossover() with { Seed = 42 };
        var options = new RunOptions { WorkingFolder = _folder.File("repo") };
        var runs = new ExperimentRunner(_lab.Store).Run(spec, _lab.Context, options).Take(2).ToList();
        var registry = new AlphaRegistry(_lab.Store);

        List<Alpha> alphas = [.. registry.Register(runs.Select(AlphaDraft.FromRun), _lab.Context)];

        Assert.All(
            alphas.Zip(runs),
            pair =>
            {
                var (alpha, run) = pair;
                Assert.Equal(
                    (run.RunId, run.CodeHash, run.DataHash),
                    (alpha.RunId, alpha.CodeHash, alpha.DataHash)
                );
                Assert.Equal((42, Commit), (alpha.Seed, alpha.GitCommit));
                var here = RunEnvironment.Current;
                Assert.Equal(
                    (here.ModuleVersion, here.User, here.Machine),
                    (alpha.ModuleVersion, alpha.User, alpha.Machine)
                );
                Assert.Equal(alpha, registry.Find(alpha.Name, alpha.Version));
            }
        );
    }

    [Fact]
    public void Of_a_run_that_the_store_does_not_know_nothing_is_made_up()
    {
        using var other = new TempStore();
        _lab.ImportSeries("prices", Lab.Walk(60, 1));
        var run = _lab.Run(Lab.Crossover())[0];

        var alpha = new AlphaRegistry(other.Store).Register([AlphaDraft.FromRun(run)], _lab.Context).Single();

        Assert.Equal(run.RunId, alpha.RunId);
        Assert.Null(alpha.GitCommit ?? alpha.ModuleVersion ?? alpha.User ?? alpha.Machine);
    }

    [Theory]
    [InlineData("git_commit = 'ABC'", "a")]
    [InlineData("gitCommit like 'a*'", "a")]
    [InlineData("git_dirty = true", "a")]
    [InlineData("git_dirty = false", "b")]
    [InlineData("git_dirty != true", "b")]
    [InlineData("git_dirty in (true, false)", "a b")]
    [InlineData("git_dirty is missing", "c")]
    [InlineData("seed = 7", "a")]
    [InlineData("seed > 7", "b")]
    [InlineData("seed in (7, 8)", "a b")]
    [InlineData("seed is missing", "c")]
    [InlineData("code_hash = 'c0de' and user = 'ann' and machine = 'box'", "a")]
    [InlineData("code_hash = 'C0DE'", "a")]
    [InlineData("data_hash = 'da7a' and code_hash = 'c0de'", "a")]
    [InlineData("data_hash = 'da7a' and code_hash = 'c0d'", "")]
    [InlineData("data_hash = 'da7a' or code_hash = 'c0de'", "a")]
    [InlineData("run_id = '20260102-030405-ABCDEF.1'", "a")]
    [InlineData("run_id = 'long-s'", "b")]
    [InlineData("run_id = 'another'", "")]
    [InlineData("module_version like '1.*'", "a b")]
    [InlineData("module_version is missing", "c")]
    public void Provenance_is_searched_by_the_filter(string filter, string names)
    {
        var registry = new AlphaRegistry(_lab.Store);
        AlphaDraft[] drafts =
        [
            new()
            {
                Name = "a",
                Seed = 7,
                CodeHash = "c0de",
                DataHash = "DA7A",
                RunId = "20260102-030405-abcdef.1",
                Origin = new Origin("abc", true, "1.1.0", "ann", "box"),
            },
            new()
            {
                Name = "b",
                Seed = 8,
                RunId = "long-ſ",
                Origin = new Origin("def", false, "1.0.0", "bob", "box"),
            },
            new() { Name = "c" },
        ];
        Assert.Equal(3, registry.Register(drafts, _lab.Context).Count());

        var query = new AlphaQuery { Filter = AlphaFilter.Parse(filter) };

        Assert.Equal(
            names,
            string.Join(' ', registry.Search(query, _lab.Context).Select(alpha => alpha.Name))
        );
    }

    [Fact]
    public void A_flag_has_no_order() =>
        Assert.Equal(
            ErrorId.FilterSyntax,
            Assert.Throws<AlphaFactoryException>(() => AlphaFilter.Parse("git_dirty > true")).Id
        );
}
