using AlphaFactory.Core.Provenance;

namespace AlphaFactory.Core.Tests.Registry;

public sealed class CodeFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_file_has_the_hash_that_sha256sum_prints() =>
        // printf 'abc' | sha256sum (the first vector of FIPS 180-2)
        Assert.Equal(
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            CodeFiles.Hash([_folder.Write("a.ps1", "abc")])
        );

    [Fact]
    public void Several_files_have_one_hash_whatever_their_order()
    {
        var a = _folder.Write("a.ps1", "abc");
        var b = _folder.Write("b.ps1", "");

        // (printf 'abc' > a.ps1; : > b.ps1; sha256sum a.ps1 b.ps1 | sha256sum)
        const string expected = "e1c409d6830f39d09b0724cb82b764287761d55d87be2f89387d4c595f46f002";
        Assert.Equal(expected, CodeFiles.Hash([a, b]));
        Assert.Equal(expected, CodeFiles.Hash([b, a]));
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        var error = Assert.Throws<AlphaFactoryException>(() => CodeFiles.Hash([_folder.File("no.ps1")]));

        Assert.Equal(ErrorId.PathNotFound, error.Id);
        Assert.Contains("no.ps1", error.Message, StringComparison.Ordinal);
    }
}
