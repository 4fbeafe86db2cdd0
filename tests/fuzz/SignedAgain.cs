using OfflineLicense.Keys;

namespace OfflineLicense.Fuzz;

/// <summary>Spoiled texts under good signatures: what a stolen key, a rebuilt product or a vendor's own mistake can sign.</summary>
internal static class SignedAgain
{
    /// <summary>A note with any bytes as its text, also such as no signer of ours would sign.</summary>
    internal static byte[] Note(byte[] text, SigningKey key)
    {
        Span<byte> id = stackalloc byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(id, key.VerifierKey.Id);
        return
        [
            .. text, (byte)'\n', .. "\u2014 "u8, .. System.Text.Encoding.UTF8.GetBytes(key.VerifierKey.Name), (byte)' ',
            .. System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String([.. id, .. key.Sign(text)])), (byte)'\n',
        ];
    }
}
