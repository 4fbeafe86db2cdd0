namespace OfflineLicense.Verifier.Command;

/// <summary>How far apart two words are, to guess what a misspelled one means.</summary>
internal static class NearestWord
{
    /// <summary>Whether one may be the other misspelled: about one letter in three is wrong.</summary>
    public static bool IsNear(string misspelled, string word) => Distance(misspelled, word) <= Math.Max(1, word.Length / 3);

    /// <summary>Levenshtein's distance: letters to add, leave out or change.</summary>
    public static int Distance(string a, string b)
    {
        // One row of the table at a time.
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
