using AlphaFactory.Core.Provenance;

namespace AlphaFactory.Core.Tests.Provenance;

public sealed class GitStateTests : IDisposable
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_branch_a_packed_branch_and_a_detached_head_are_read()
    {
        var inside = Directory.CreateDirectory(_folder.File("repo", "a", "b")).FullName;
        Write("ref: refs/heads/main\n", "repo", ".git", "HEAD");
        Assert.Null(GitState.FindCommit(inside));
        Write($"# pack-refs\n{Commit} refs/heads/main\n", "repo", ".git", "packed-refs");
        Assert.Equal(Commit, GitState.FindCommit(inside));
        var newer = Commit.Replace('0', 'f');
        Write(newer + "\n", "repo", ".git", "refs", "heads", "main");
        Assert.Equal(newer, GitState.FindCommit(inside));
        Write(Commit + "\n", "repo", ".git", "HEAD");
        Assert.Equal(Commit, GitState.FindCommit(inside));
    }

    [Fact]
    public void A_work_tree_reads_the_repository_that_it_belongs_to()
    {
        Write("gitdir: ../repo/.git/worktrees/w\n", "tree", ".git");
        Write("ref: refs/heads/w\n", "repo", ".git", "worktrees", "w", "HEAD");
        Write("../..\n", "repo", ".git", "worktrees", "w", "commondir");
        Write(Commit + "\n", "repo", ".git", "refs", "heads", "w");
        Assert.Equal(Commit, GitState.FindCommit(_folder.File("tree")));
    }

    [Fact]
    public void What_cannot_be_read_says_nothing()
    {
        Write("nonsense", "repo", ".git", "HEAD");
        Assert.Null(GitState.FindCommit(_folder.File("repo")));
        Write("ref: ../../../../etc/passwd\n", "repo", ".git", "HEAD");
        Assert.Null(GitState.FindCommit(_folder.File("repo")));
        Write("gitdir: nowhere\n", "gone", ".git");
        Assert.Null(GitState.FindCommit(_folder.File("gone")));
    }

    private void Write(string text, params string[] path)
    {
        var file = _folder.File(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
