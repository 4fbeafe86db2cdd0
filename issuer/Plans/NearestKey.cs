using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Plans;

/// <summary>The key that a misspelled one probably means.</summary>
internal static class NearestKey
{
    // Longer than any key. A file's key can be as long as the file, and each letter is held against each of every key.
    private const int MostLetters = 128;

    /// <returns>The full path of a key, or null where none is near.</returns>
    internal static string? Of(string path)
    {
        if (path.Length > MostLetters) return null;
        // A right word in the wrong place, such as 'cores' beside 'quota', is nearest of all.
        var word = Last(path);
        var best = PlanKey.All.Where(static key => !key.IsFilledIn)
            .MinBy(key => (NearestWord.Distance(word, Last(key.Path)), NearestWord.Distance(path, key.Path)))!;
        return NearestWord.IsNear(word, Last(best.Path)) ? best.Path : null;
    }

    private static string Last(string path) => path[(path.LastIndexOf('.') + 1)..];
}
