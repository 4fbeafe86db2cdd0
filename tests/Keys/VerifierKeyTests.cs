using System.Text;
using OfflineLicense.Keys;
using Xunit;

namespace OfflineLicense.Tests.Keys;

public sealed class VerifierKeyTests
{
    private const string Peter = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    private const string Foo = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

    [Theory]
    [InlineData(Peter, "PeterNeumann", 0xc74f20a3)]
    [InlineData(Foo, "example.com/foo", 0x530d903a)]
    public void A_published_key_is_read_and_prints_back(string line, string name, uint id)
    {
        var key = VerifierKey.Parse(line);
        Assert.Equal((name, id, line), (key.Name, key.Id, key.ToString()));
    }

    [Fact]
    public void No_part_of_a_key_and_no_key_with_one_character_changed_is_a_key()
    {
        for (var i = 0; i < Peter.Length; i++)
        {
            Assert.False(VerifierKey.TryParse(Peter[..i], out _), Peter[..i]);
            Assert.False(VerifierKey.TryParse(Peter[(i + 1)..], out _), Peter[(i + 1)..]);
            for (var c = ' '; c <= '~'; c++)
            {
                var changed = Peter[..i] + c + Peter[(i + 1)..];
                Assert.True(changed == Peter || !VerifierKey.TryParse(changed, out _), changed);
            }
        }
    }

    [Theory]
    [InlineData("", "a verifier key is name+id+base64 on one line")]
    [InlineData("a+b", "a verifier key is name+id+base64 on one line")]
    [InlineData("+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "the key name is empty")]
    [InlineData("Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "the key name holds a space")]
    [InlineData("PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "the key id is not 8 lower-case hexadecimal digits")]
    [InlineData("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T", "the key is not canonical base64")]
    [InlineData("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n", "the key is not canonical base64")]
    [InlineData("PeterNeumann+c74f20a3+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "the key is not of Ed25519")]
    [InlineData("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "the key id does not belong")]
    public void A_line_that_is_no_key_is_refused_and_says_why(string line, string reason)
    {
        var refusal = Assert.Throws<KeyFormatException>(() => VerifierKey.Parse(line));
        Assert.StartsWith(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_of_small_order_with_a_right_id_is_refused_in_text_too()
    {
        // The neutral element: 0 * B, so that S = 0 signs everything.
        byte[] typed = [1, 1, .. new byte[31]];
        byte[] named = [.. "forger\n"u8, .. typed];
        var id = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(named)[..4]);
        var refusal = Assert.Throws<KeyFormatException>(() => VerifierKey.Parse($"forger+{id}+{Convert.ToBase64String(typed)}"));
        Assert.Contains("prime order", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a+b")]
    [InlineData("a\nb")]
    [InlineData("a\u00a0b")]
    [InlineData("a\u2028b")]
    [InlineData("a\u3000b")]
    [InlineData("a\u0007b")]
    [InlineData("a\u0085b")]
    public void A_name_that_cannot_stand_in_a_signature_line_is_refused(string name)
    {
        var publicKey = VerifierKey.Parse(Foo).PublicKey.ToArray();
        Assert.Throws<ArgumentException>(() => VerifierKey.Import(name, publicKey));
        Assert.Throws<ArgumentException>(() => VerifierKey.Parse(Foo).WithName(name));
        Assert.Throws<ArgumentException>(() => SigningKey.Generate(name));
        Assert.Throws<ArgumentException>(() => SigningKey.Import(name, new byte[32]));
    }

    [Fact]
    public void A_name_that_is_no_Unicode_is_refused() =>
        Assert.Throws<ArgumentException>(() => VerifierKey.Parse(Foo).WithName("a\ud800b"));

    [Fact]
    public void A_name_may_have_255_bytes_and_no_more()
    {
        var key = VerifierKey.Parse(Foo);
        var longest = new string('é', 127) + "e";
        Assert.Equal(255, Encoding.UTF8.GetByteCount(longest));
        Assert.Equal(longest, VerifierKey.Parse(key.WithName(longest).ToString()).Name);
        Assert.Throws<ArgumentException>(() => key.WithName(longest + "e"));
    }

    [Fact]
    public void Keys_are_equal_by_name_and_bytes()
    {
        var key = VerifierKey.Parse(Foo);
        Assert.Equal(key, VerifierKey.Import("example.com/foo", key.PublicKey));
        Assert.NotEqual(key, key.WithName("example.com/bar"));
        Assert.NotEqual(key.Id, key.WithName("example.com/bar").Id);
        Assert.NotEqual(key, VerifierKey.Parse(Peter).WithName("example.com/foo"));
        Assert.Equal(key.GetHashCode(), VerifierKey.Parse(Foo).GetHashCode());
    }

    [Fact]
    public void A_raw_key_of_another_length_is_refused()
    {
        foreach (var length in (int[])[0, 31, 33])
            Assert.Throws<ArgumentException>(() => VerifierKey.Import("name", new byte[length]));
    }
}
