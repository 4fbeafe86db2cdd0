using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Plans;

/// <summary>The key that a misspelled one probably means.</summary>
internal static class NearestKey
{
    /// <returns>The full path of a key, or null where none is near.</returns>
    internal static string? Of(string path)
    {
        // A right word in the wrong place, such as 'cores' beside 'quota', is nearest of all.
        var word = Last(path);
        var best = PlanKey.All.Where(static key => !key.IsFilledIn)
            .MinBy(key => (NearestWord.Distance(word, Last(key.Path)), NearestWord.Distance(path, key.Path)))!;
        return NearestWord.IsNear(word, Last(best.Path)) ? best.Path : null;
    }

    private static string Last(string path) => path[(path.LastIndexOf('.') + 1)..];
}
