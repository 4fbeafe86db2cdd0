using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Verifier.Statements;

/// <summary>
/// Use of one ledger that is named and not counted, by license and reason. A stranger's ledger can name a new license in
/// every receipt, so the first few of those by <c>seq</c> are kept apart and the others are one sum. Not thread-safe.
/// </summary>
internal sealed class StatementNotCounted
{
    /// <summary>How many are kept apart.</summary>
    public const int Most = 16;

    /// <summary>What stands for all licenses after those.</summary>
    public const string Others = "others";

    /// <summary>What stands for a text that is no license's id.</summary>
    public const string NoId = "not an id";

    private readonly OrderedDictionary<(string License, NotCountedReason Reason), StatementUse> _uses = [];

    public IEnumerable<(string License, NotCountedReason Reason, StatementUse Use)> All =>
        _uses.Select(entry => (entry.Key.License, entry.Key.Reason, entry.Value)).Where(entry => entry.Value != default);

    public void Add(string license, NotCountedReason reason, StatementUse use)
    {
        var key = (license.Length == 0 || Ulid.IsUlid(license) ? license : NoId, reason);
        if (reason == NotCountedReason.OtherLicense && !_uses.ContainsKey(key) && _uses.Count >= Most)
            key = (Others, reason);
        _uses[key] = _uses.GetValueOrDefault(key) + use;
    }
}
