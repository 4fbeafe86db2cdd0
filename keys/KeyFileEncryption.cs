using System.Formats.Asn1;
using System.Globalization;

namespace OfflineLicense.Keys;

/// <summary>
/// Which encryption a private key file asks for (PBES2 with PBKDF2, RFC 8018 appendix A), read before any of it is
/// run: a file that asks for billions of rounds must not get them.
/// </summary>
internal static class KeyFileEncryption
{
    internal const string ConvertCommand =
        "convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256 -iter 600000 -in OLD.pem -out NEW.pem";

    private const string Pbes2Oid = "1.2.840.113549.1.5.13";
    private const string Pbkdf2Oid = "1.2.840.113549.1.5.12";
    private const string ScryptOid = "1.3.6.1.4.1.11591.4.11";

    /// <exception cref="KeyFileException">Another scheme, another derivation, or too many rounds.</exception>
    internal static void Check(byte[] encoded)
    {
        try
        {
            var algorithm = new AsnReader(encoded, AsnEncodingRules.BER).ReadSequence().ReadSequence();
            var scheme = algorithm.ReadObjectIdentifier();
            if (scheme != Pbes2Oid)
                throw new KeyFileException($"the key file is encrypted in an old way ({scheme}); {ConvertCommand}");
            CheckDerivation(algorithm.ReadSequence().ReadSequence());
        }
        catch (AsnContentException e)
        {
            throw new KeyFileException("the key file is damaged: not an encrypted PKCS#8 key", e);
        }
    }

    private static void CheckDerivation(AsnReader derivation)
    {
        var function = derivation.ReadObjectIdentifier();
        if (function == ScryptOid)
            throw new KeyFileException($"the key file is encrypted with scrypt, which is not read here; {ConvertCommand}");
        if (function != Pbkdf2Oid)
            throw new KeyFileException($"the key file derives its key in an unknown way ({function}); {ConvertCommand}");
        var parameters = derivation.ReadSequence();
        parameters.ReadOctetString();
        var rounds = parameters.ReadInteger();
        if (rounds < 1 || rounds > Limits.KeyFileIterations)
        {
            throw new KeyFileException(string.Create(CultureInfo.InvariantCulture,
                $"the key file asks for {rounds} rounds of PBKDF2, and at most {Limits.KeyFileIterations} are run; {ConvertCommand}"));
        }
    }
}
