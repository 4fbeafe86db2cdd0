using System.Numerics;
using OfflineLicense.Keys;
using Xunit;

namespace OfflineLicense.Tests.Keys;

public sealed class Ed25519PrimitiveTests
{
    private static readonly byte[] s_message = "the cluster runs"u8.ToArray();
    private static readonly BigInteger s_secret = new(Enumerable.Repeat((byte)0x3c, 31).ToArray(), isUnsigned: true);
    private static readonly BigInteger s_nonce = new(Enumerable.Repeat((byte)0x5a, 31).ToArray(), isUnsigned: true);

    public static TheoryData<string> SmallOrderEncodings =>
    [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ];

    [Fact]
    public void The_published_vectors_of_RFC_8032_sign_and_verify_as_printed()
    {
        foreach (var line in VectorFile.Lines("ed25519-rfc8032.txt"))
        {
            var (message, signature) = (VectorFile.Bytes(line[2]), VectorFile.Bytes(line[3]));
            using var key = SigningKey.Import("vector", VectorFile.Bytes(line[0]));
            Assert.Equal(line[1], Convert.ToHexStringLower(key.VerifierKey.PublicKey));
            Assert.Equal(line[3], Convert.ToHexStringLower(key.Sign(message)));
            Assert.True(key.VerifierKey.Verify(message, signature));
        }
    }

    [Fact]
    public void All_twelve_edge_cases_of_speccheck_are_refused_each_for_its_own_reason()
    {
        var seen = 0;
        foreach (var line in VectorFile.Lines("ed25519-speccheck.txt"))
        {
            var (message, publicKey, signature) =
                (VectorFile.Bytes(line[2]), VectorFile.Bytes(line[3]), VectorFile.Bytes(line[4]));
            Assert.Equal(line[1] != "key", Ed25519Primitive.IsValidPublicKey(publicKey));
            if (line[1] != "key")
                Assert.False(VerifierKey.Import("vector", publicKey).Verify(message, signature));
            seen++;
        }

        Assert.Equal(12, seen);
    }

    [Theory]
    [MemberData(nameof(SmallOrderEncodings))]
    public void A_key_of_small_order_for_which_anyone_could_sign_is_refused(string encoding)
    {
        var publicKey = VectorFile.Bytes(encoding);
        Assert.False(Ed25519Primitive.IsValidPublicKey(publicKey));
        Assert.Throws<ArgumentException>(() => VerifierKey.Import("forger", publicKey));
    }

    [Fact]
    public void A_key_with_a_part_of_small_order_is_refused()
    {
        var honest = s_secret * EdwardsOracle.Base;
        Assert.True(Ed25519Primitive.IsValidPublicKey(honest.Encode()));
        for (BigInteger i = 1; i < 8; i++)
            Assert.False(Ed25519Primitive.IsValidPublicKey((honest + i * EdwardsOracle.OfOrderEight).Encode()));
    }

    [Fact]
    public void A_key_that_is_no_point_or_not_reduced_or_of_another_length_is_refused()
    {
        var notOnTheCurve = new byte[32];
        notOnTheCurve[0] = 2;
        Assert.False(Ed25519Primitive.IsValidPublicKey(notOnTheCurve));
        for (byte low = 0xed; low < 0xff; low++)
            Assert.False(Ed25519Primitive.IsValidPublicKey([low, .. Enumerable.Repeat((byte)0xff, 30), 0x7f]));
        foreach (var length in (int[])[0, 31, 33, 64])
            Assert.False(Ed25519Primitive.IsValidPublicKey(new byte[length]));
    }

    /// <summary>
    /// The verdict table. Where cofactored and cofactorless verification differ, the cofactorless verdict is ours:
    /// R must be, byte for byte, what S·B - k·A encodes to.
    /// </summary>
    [Fact]
    public void What_signers_can_contrive_meets_the_cofactorless_verdict()
    {
        var publicKey = (s_secret * EdwardsOracle.Base).Encode();
        var honestR = s_nonce * EdwardsOracle.Base;
        var neutral = EdwardsOracle.Neutral.Encode();
        var honest = EdwardsOracle.Sign(honestR.Encode(), s_nonce, publicKey, s_secret, s_message);
        var unreduced = new BigInteger(honest.AsSpan(32), isUnsigned: true) + EdwardsOracle.Order;

        var table = new (string Case, byte[] Signature, bool IsGood)[]
        {
            ("honest", honest, true),
            ("S + L", [.. honest[..32], .. EdwardsOracle.Bytes(unreduced)], false),
            ("R + a point of order 8", SignWith(honestR + EdwardsOracle.OfOrderEight, s_nonce), false),
            ("R + a point of order 4", SignWith(honestR + 2 * EdwardsOracle.OfOrderEight, s_nonce), false),
            ("R + a point of order 2", SignWith(honestR + 4 * EdwardsOracle.OfOrderEight, s_nonce), false),
            ("R neutral", SignWith(EdwardsOracle.Neutral, 0), true),
            ("R of order 8", SignWith(EdwardsOracle.OfOrderEight, 0), false),
            ("R of order 2", SignWith(4 * EdwardsOracle.OfOrderEight, 0), false),
            ("R neutral, not canonical: sign", Sign([.. neutral[..31], 0x80], 0), false),
            ("R neutral, not canonical: y + p", Sign([0xee, .. Enumerable.Repeat((byte)0xff, 30), 0x7f], 0), false),
            ("empty", [], false),
            ("a byte short", honest[..63], false),
            ("a byte long", [.. honest, 0], false),
            ("zeros", new byte[64], false),
            ("ones", Enumerable.Repeat((byte)0xff, 64).ToArray(), false),
        };

        var key = VerifierKey.Import("oracle", publicKey);
        foreach (var (name, signature, isGood) in table)
            Assert.True(isGood == key.Verify(s_message, signature), name);

        byte[] SignWith(EdwardsOracle r, BigInteger nonce) => Sign(r.Encode(), nonce);
        byte[] Sign(byte[] encodedR, BigInteger nonce) => EdwardsOracle.Sign(encodedR, nonce, publicKey, s_secret, s_message);
    }

    [Fact]
    public void One_bit_changed_in_signature_or_message_is_found()
    {
        using var key = SigningKey.Import("bits", Enumerable.Repeat((byte)7, 32).ToArray());
        var signature = key.Sign(s_message);
        for (var bit = 0; bit < 64 * 8; bit++)
        {
            var changed = signature.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(key.VerifierKey.Verify(s_message, changed));
        }

        for (var bit = 0; bit < s_message.Length * 8; bit++)
        {
            var changed = s_message.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(key.VerifierKey.Verify(changed, signature));
        }
    }
}
