using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Ledger;

public sealed class CheckpointTests
{
    private static readonly Checkpoint s_checkpoint = new() { Origin = "offline-license/x/y", Size = 4, Root = new byte[32] };

    [Fact]
    public void A_checkpoint_comes_back_from_its_text_and_its_signature_verifies()
    {
        Assert.Equal(s_checkpoint, Checkpoint.Parse(LedgerSamples.Utf8(s_checkpoint.Text)));
        using var key = LedgerSamples.Installation.WithName(s_checkpoint.Origin);
        var reading = SignedNote.Read(s_checkpoint.Sign(key), [key.VerifierKey]);
        Assert.Equal(s_checkpoint.Text, reading.Text);
        Assert.Throws<ArgumentException>(() => s_checkpoint.Sign(LedgerSamples.Installation));
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("\n4\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", 1)]
    [InlineData("x\n04\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", 2)]
    [InlineData("x\n-4\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", 2)]
    [InlineData("x\n4\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n", 3)]
    [InlineData("x\n4\nAAAA\n", 3)]
    [InlineData("x\n4\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", 3)]
    [InlineData("x\n4\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nextension\n", 4)]
    public void Another_spelling_is_no_checkpoint(string text, int line) =>
        Assert.Equal(line, Assert.Throws<CheckpointFormatException>(() => Checkpoint.Parse(LedgerSamples.Utf8(text))).Line);
}
