using System.Buffers;
using System.Text;

namespace OfflineLicense.Keys;

/// <summary>
/// Names of keys, as c2sp.org/signed-note "Verifier keys" has them: not empty, no Unicode space, no plus; and here
/// also no control character, and at most <see cref="MaxBytes"/> bytes of UTF-8.
/// </summary>
internal static class KeyName
{
    internal const int MaxBytes = 255;

    /// <summary>What is wrong with the name, or null when it is a good one.</summary>
    internal static string? Problem(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty)
            return "the key name is empty";
        if (name.Length > MaxBytes || Encoding.UTF8.GetByteCount(name) > MaxBytes)
            return $"the key name is longer than {MaxBytes} bytes";
        while (!name.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(name, out var rune, out var taken) != OperationStatus.Done)
                return "the key name is not valid Unicode";
            if (Rune.IsWhiteSpace(rune))
                return "the key name holds a space";
            if (Rune.IsControl(rune))
                return "the key name holds a control character";
            if (rune.Value == '+')
                return "the key name holds a plus";
            name = name[taken..];
        }

        return null;
    }

    /// <exception cref="ArgumentException">The name is not a good one.</exception>
    internal static void Check(string name, string parameterName)
    {
        ArgumentNullException.ThrowIfNull(name, parameterName);
        if (Problem(name) is { } problem)
            throw new ArgumentException(problem, parameterName);
    }
}
