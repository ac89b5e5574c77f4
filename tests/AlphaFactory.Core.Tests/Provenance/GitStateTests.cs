using System.ComponentModel;
using System.Diagnostics;
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

    [Fact]
    public void A_work_tree_is_dirty_when_a_kept_file_changed_or_a_code_file_is_not_kept()
    {
        var repository = _folder.File("repo");
        Directory.CreateDirectory(repository);
        Assert.SkipUnless(Git(repository, "init", "-q"), "git is not installed");
        Write("one", "repo", "code.py");
        Write("*.tmp\n", "repo", ".gitignore");
        Git(repository, "add", ".");
        Git(repository, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "one");
        var code = _folder.File("repo", "code.py");
        Write("x", "repo", "new [1].py");
        Write("x", "repo", "ignored.tmp");

        Assert.False(GitState.FindDirty(repository, []));
        Assert.False(GitState.FindDirty(repository, [code]));
        Assert.True(GitState.FindDirty(repository, [code, _folder.File("repo", "new [1].py")]));
        Assert.True(GitState.FindDirty(repository, [_folder.File("repo", "ignored.tmp")]));
        Write("two", "repo", "code.py");
        Assert.True(GitState.FindDirty(repository, []));

        var origin = Origin.Here(_folder.Path, [code]);
        Assert.Equal((GitState.FindCommit(repository), true), (origin.GitCommit, origin.GitDirty));
        Assert.NotNull(origin.GitCommit);
        Assert.Equal((Environment.UserName, Environment.MachineName), (origin.User, origin.Machine));
    }

    [Fact]
    public void Outside_of_a_repository_nothing_is_known_of_git()
    {
        var origin = Origin.Here(_folder.Path, []);

        Assert.Null(origin.GitCommit);
        Assert.Null(origin.GitDirty);
        Assert.Null(GitState.FindDirty(_folder.File("no such folder"), []));
    }

    private static bool Git(string folder, params string[] arguments)
    {
        try
        {
            using var git = Process.Start("git", ["-C", folder, .. arguments]);
            git.WaitForExit();
            Assert.Equal(0, git.ExitCode);
            return true;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private void Write(string text, params string[] path)
    {
        var file = _folder.File(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
