namespace OfflineLicense.Keys;

/// <summary>A private key file cannot be used. The message says what is wrong and what mends it.</summary>
public sealed class KeyFileException : Exception
{
    internal KeyFileException(string reason, Exception? inner = null)
        : base(reason, inner)
    {
    }
}
