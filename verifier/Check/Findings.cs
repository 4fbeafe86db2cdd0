namespace OfflineLicense.Verifier.Check;

/// <summary>
/// What does not add up: of each sort how many, and the first in words. What is found counts once a checkpoint behind it has
/// sealed it. Not thread-safe.
/// </summary>
internal sealed class Findings
{
    private static readonly FindingKind[] s_kinds = Enum.GetValues<FindingKind>();

    private readonly long[] _counts = new long[s_kinds.Length];
    private readonly long[] _sealed = new long[s_kinds.Length];
    private readonly (string File, long Line, string Sentence)[] _first = new (string, long, string)[s_kinds.Length];

    /// <summary>The file that is being read.</summary>
    internal string File { get; set; } = "";

    /// <summary>The line that is being read.</summary>
    internal long Line { get; set; }

    /// <summary>What was sealed.</summary>
    internal IReadOnlyList<Finding> Sealed =>
    [
        .. s_kinds.Where(kind => _sealed[(int)kind] > 0).Select(kind =>
        {
            var (file, line, sentence) = _first[(int)kind];
            return new Finding(kind, _sealed[(int)kind], file, line, sentence);
        }),
    ];

    /// <summary>Counts one more.</summary>
    /// <returns>Whether it is the first of its sort, which is to be told.</returns>
    internal bool IsFirst(FindingKind kind) => _counts[(int)kind]++ == 0;

    /// <summary>Tells the first of its sort.</summary>
    internal void Tell(FindingKind kind, string sentence) => _first[(int)kind] = (File, Line, sentence);

    /// <summary>What was found up to here stands in what a checkpoint signs.</summary>
    internal void Seal() => _counts.CopyTo(_sealed, 0);
}
