using OfflineLicense.Issuer;
using OfflineLicense.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.Issuer;

public sealed class PendingFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_appears_whole_when_it_is_put_and_not_before()
    {
        using (var pending = PendingFile.Write(_folder["a.lic"], "text"u8))
        {
            Assert.False(File.Exists(_folder["a.lic"]));
            pending.Put();
        }

        Assert.Equal("text", File.ReadAllText(_folder["a.lic"]));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_file_that_is_not_put_leaves_nothing()
    {
        PendingFile.Write(_folder["a.lic"], "text"u8).Dispose();
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void What_came_to_the_place_meanwhile_is_not_overwritten()
    {
        using (var pending = PendingFile.Write(_folder["a.lic"], "text"u8))
        {
            File.WriteAllText(_folder["a.lic"], "another");
            Assert.Equal(ExitCode.Unreadable, Assert.Throws<CommandFailure>(pending.Put).ExitCode);
        }

        Assert.Equal("another", File.ReadAllText(_folder["a.lic"]));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }
}
