using System.Globalization;
using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Formats;

/// <summary>The one way in which a document is signed: nothing is signed that our own reader would refuse.</summary>
internal static class DocumentSigning
{
    /// <param name="text">What the document prints.</param>
    /// <param name="parse">The format's reader.</param>
    /// <param name="maxBytes">The format's bound.</param>
    /// <param name="key">The key of the role that signs this kind.</param>
    /// <exception cref="ArgumentException">The reader refuses the text, or the signed file is longer than its bound.</exception>
    internal static byte[] Sign<T>(string text, Func<string, T> parse, int maxBytes, INoteSigner key)
    {
        try
        {
            parse(text);
        }
        catch (DocumentFormatException exception)
        {
            throw new ArgumentException($"not signed, because nobody could read it: {exception.Message}", nameof(text), exception);
        }

        var note = SignedNote.Sign(text, key);
        return note.Length <= maxBytes
            ? note
            : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"not signed, because a file of this kind has at most {maxBytes} bytes, not {note.Length}"), nameof(text));
    }
}
