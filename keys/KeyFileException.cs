namespace OfflineLicense.Keys;

/// <summary>A private key file cannot be used. The message says what is wrong and what mends it.</summary>
public sealed class KeyFileException : Exception
{
    internal KeyFileException(string reason, Exception? inner = null)
        : base(reason, inner)
    {
    }

    /// <summary>What mends it, where that is one act that is known; the message says it too, or a reader of the file knows better.</summary>
    internal string? Mend { get; init; }
}
