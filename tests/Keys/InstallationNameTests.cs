using System.Text;
using OfflineLicense.Keys;
using Xunit;

namespace OfflineLicense.Tests.Keys;

public sealed class InstallationNameTests
{
    private const string Installation = "offline-license/mfrggzdfmztwq2lknnwg23tpoa";
    private const string Ledger = Installation + "/nbswy3dpeb3w64tm";

    [Theory]
    [InlineData("", "")]
    [InlineData("f", "my")]
    [InlineData("fo", "mzxq")]
    [InlineData("foo", "mzxw6")]
    [InlineData("foob", "mzxw6yq")]
    [InlineData("fooba", "mzxw6ytb")]
    [InlineData("foobar", "mzxw6ytboi")]
    [InlineData("abcdefghijklmnop", "mfrggzdfmztwq2lknnwg23tpoa")]
    public void The_published_vectors_of_base32_encode(string text, string encoded)
    {
        Assert.Equal(encoded, Base32.Encode(Encoding.ASCII.GetBytes(text)));
        Assert.True(Base32.IsEncodingOf(text.Length, encoded));
    }

    [Fact]
    public void A_name_is_made_of_the_keys_hash_alone()
    {
        using var key = SigningKey.Import("any", new byte[32]);
        var hash = System.Security.Cryptography.SHA256.HashData(key.VerifierKey.PublicKey);
        var name = InstallationName.Of(key.VerifierKey.PublicKey);
        Assert.Equal("offline-license/" + Base32.Encode(hash.AsSpan(0, 16)), name);
        Assert.Equal(42, name.Length);
        Assert.True(InstallationName.IsInstallation(name));
    }

    [Fact]
    public void A_ledgers_name_begins_with_its_installations()
    {
        Assert.Equal(Ledger, InstallationName.OfLedger(Installation, "hello worl"u8));
        Assert.True(InstallationName.IsLedger(Ledger));
        Assert.Equal(Installation, InstallationName.InstallationOf(Ledger));
        Assert.Equal("nbswy3dpeb3w64tm", InstallationName.LedgerPartOf(Ledger));
        Assert.Throws<ArgumentException>(() => InstallationName.OfLedger(Ledger, "hello worl"u8));
        Assert.Throws<ArgumentException>(() => InstallationName.OfLedger(Installation, "hello"u8));
        Assert.Throws<ArgumentException>(() => InstallationName.InstallationOf(Installation));
    }

    [Theory]
    [InlineData("")]
    [InlineData("offline-license/")]
    [InlineData("offline-license/mfrggzdfmztwq2lknnwg23tpo")]
    [InlineData("offline-license/mfrggzdfmztwq2lknnwg23tpob")]
    [InlineData("offline-license/mfrggzdfmztwq2lknnwg23tp1a")]
    [InlineData("offline-license/MFRGGZDFMZTWQ2LKNNWG23TPOA")]
    [InlineData("offline-licence/mfrggzdfmztwq2lknnwg23tpoa")]
    [InlineData("offline-license/mfrggzdfmztwq2lknnwg23tpoa/")]
    [InlineData(" offline-license/mfrggzdfmztwq2lknnwg23tpoa")]
    [InlineData("offline-license/../../../../../../../etc/passwd")]
    [InlineData("offline-license/mfrggzdfmztwq2lknnwg23tpoa/nbswy3dpeb3w64t")]
    [InlineData("offline-license/mfrggzdfmztwq2lknnwg23tpoa-nbswy3dpeb3w64tm")]
    [InlineData("offline-license/mfrggzdfmztwq2lknnwg23tpoa/nbswy3dpeb3w64tm/")]
    public void What_is_no_name_is_neither_installation_nor_ledger(string name)
    {
        Assert.False(InstallationName.IsInstallation(name));
        Assert.False(InstallationName.IsLedger(name));
    }
}
