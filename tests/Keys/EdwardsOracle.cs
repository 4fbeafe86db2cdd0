using System.Numerics;
using System.Security.Cryptography;

namespace OfflineLicense.Tests.Keys;

/// <summary>
/// The curve of Ed25519 as RFC 8032 section 5.1 writes it down, slow and plain, sharing no code with what it tests:
/// it makes the signatures and keys that no honest signer makes.
/// </summary>
internal sealed record EdwardsOracle(BigInteger X, BigInteger Y)
{
    private static readonly BigInteger s_p = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger s_d = Mod(-121665 * Inverse(121666));

    internal static BigInteger Order { get; } =
        BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", System.Globalization.CultureInfo.InvariantCulture);

    internal static EdwardsOracle Neutral { get; } = new(0, 1);

    internal static EdwardsOracle Base { get; } =
        Decode(Convert.FromHexString("5866666666666666666666666666666666666666666666666666666666666666"));

    internal static EdwardsOracle OfOrderEight { get; } =
        Decode(Convert.FromHexString("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"));

    public static EdwardsOracle operator +(EdwardsOracle a, EdwardsOracle b)
    {
        var product = s_d * a.X * b.X * a.Y * b.Y;
        return new(
            Mod((a.X * b.Y + b.X * a.Y) * Inverse(1 + product)),
            Mod((a.Y * b.Y + a.X * b.X) * Inverse(1 - product)));
    }

    public static EdwardsOracle operator *(BigInteger scalar, EdwardsOracle point)
    {
        var sum = Neutral;
        for (; scalar > 0; scalar >>= 1, point += point)
        {
            if (!scalar.IsEven)
                sum += point;
        }

        return sum;
    }

    internal static EdwardsOracle Decode(byte[] encoded)
    {
        var y = new BigInteger(encoded, isUnsigned: true) % BigInteger.Pow(2, 255);
        var square = Mod((y * y - 1) * Inverse(s_d * y * y + 1));
        var x = BigInteger.ModPow(square, (s_p + 3) / 8, s_p);
        if (Mod(x * x - square) != 0)
            x = Mod(x * BigInteger.ModPow(2, (s_p - 1) / 4, s_p));
        return new(x.IsEven == (encoded[31] < 0x80) ? x : Mod(-x), y);
    }

    internal byte[] Encode()
    {
        var encoded = Bytes(Y);
        encoded[31] |= (byte)(X.IsEven ? 0 : 0x80);
        return encoded;
    }

    /// <summary>S = r + k·a with k over the R as it is encoded, whatever point that is.</summary>
    internal static byte[] Sign(byte[] encodedR, BigInteger r, byte[] publicKey, BigInteger a, byte[] message)
    {
        var k = new BigInteger(SHA512.HashData([.. encodedR, .. publicKey, .. message]), isUnsigned: true);
        return [.. encodedR, .. Bytes((r + k * a) % Order)];
    }

    internal static byte[] Bytes(BigInteger value)
    {
        var bytes = new byte[32];
        value.TryWriteBytes(bytes, out _, isUnsigned: true);
        return bytes;
    }

    private static BigInteger Mod(BigInteger value) => ((value % s_p) + s_p) % s_p;

    private static BigInteger Inverse(BigInteger value) => BigInteger.ModPow(Mod(value), s_p - 2, s_p);
}
