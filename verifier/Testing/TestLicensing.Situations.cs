using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Verdicts;

namespace OfflineLicense.Testing;

/// <content>
/// What happens to licenses in the field, each in one call. Nothing is pretended: time passes, files arrive, disks fail,
/// and the node finds out by itself.
/// </content>
public sealed partial class TestLicensing
{
    /// <summary>
    /// Lets the least happen that leads to a state, from whatever holds now: a license is installed, its term ends, its
    /// grace passes. Made for a test that goes through all states.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// <see cref="LicenseState.Unlicensed"/>, where a license once counted: there is no way back.
    /// </exception>
    public void Reach(LicenseState state)
    {
        if (StateNow() == state)
            return;
        if (state == LicenseState.Unlicensed)
            throw new InvalidOperationException("a license counted here, so this machine is never unlicensed again; create another");
        MendDisk();
        if (StateNow() != LicenseState.Licensed && !(state == LicenseState.Lapsed && StateNow() == LicenseState.Grace))
            Install();
        if (state == LicenseState.Licensed)
            return;
        while (StateNow() == LicenseState.Licensed)
            EndTerm();
        if (state == LicenseState.Lapsed)
            EndGrace();
    }

    /// <summary>Lets time pass to the end of the active license's term: Grace, unless another license takes over.</summary>
    /// <exception cref="InvalidOperationException">No license is active, or its term has no end, or has ended.</exception>
    public void EndTerm() => WithNode(node =>
        PassUntil(node.Verdict.TermEnd ?? throw new InvalidOperationException(
            "no license with an end of its term is active: Install(license => license with { Until = … }) first")));

    /// <summary>Lets time pass until the grace is over: Lapsed. It takes a day of running at least, as in the field.</summary>
    /// <exception cref="InvalidOperationException">The state is not Grace.</exception>
    public void EndGrace() => WithNode(node =>
    {
        if (node.Verdict.State != LicenseState.Grace)
            throw new InvalidOperationException($"the state is {node.Verdict.State}, not Grace: EndTerm() or MissMail() first");
        // An advisory license names no date, since nothing is ever refused; its grace ends all the same.
        while (node.Verdict.State == LicenseState.Grace)
            PassUntil(node.Verdict.GraceEnds ?? Time.Wall.AddDays(1));
    });

    /// <summary>Lets time pass beyond the day by which receipts are to be exported: Grace. <see cref="Export"/> settles it.</summary>
    /// <exception cref="InvalidOperationException">The active license asks for no receipts.</exception>
    public void MissMail() => WithNode(node =>
        PassUntil(node.Verdict.MailBy ?? throw new InvalidOperationException(
            "no active license asks for receipts: Install(license => license with { Receipts = new() { MailEvery = … } }) first")));

    /// <summary>
    /// The vendor's reply arrives and says that other nodes of the customer have used a part of the active license's
    /// minutes in the period that runs. From 0.75 and 0.9 on there are warnings; with all of it the quota is used up.
    /// </summary>
    /// <param name="part">The part of <c>node-minutes</c> and <c>core-minutes</c>, from 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="part"/> is not from 0 to 1.</exception>
    /// <exception cref="InvalidOperationException">The active license has no quota of minutes.</exception>
    public void UseMinutes(double part)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(part, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(part, 1);
        var license = Active();
        if ((license.Quota.NodeMinutes ?? license.Quota.CoreMinutes) is null)
            throw new InvalidOperationException("the license has no quota of minutes: Install(license => license with { Quota = new() { NodeMinutes = … } }) first");
        Answer(new ReplyUse(
            license.Id, LicensePeriod.Of(license, Time.Wall).Start,
            Seconds(license.Quota.NodeMinutes), Seconds(license.Quota.CoreMinutes)));

        long Seconds(long? minutes) => (long)Math.Ceiling((minutes ?? 0) * 60 * part);
    }

    /// <summary>
    /// From here on the disk takes nothing more, as one that is full. A node notices when it next writes, at the end of a
    /// receipt interval at the latest: Grace. Whatever runs goes on, and is written once the disk takes it again.
    /// </summary>
    public void BreakDisk() => _disk.Fails = static (_, _) => true;

    /// <summary>The disk takes everything again. A node tries it every ten seconds.</summary>
    public void MendDisk() => _disk.Fails = static (_, _) => false;

    private LicenseState StateNow()
    {
        var state = LicenseState.Unlicensed;
        WithNode(node => state = node.Verdict.State);
        return state;
    }

    private License Active()
    {
        License? license = null;
        WithNode(node => license = node.Verdict.License);
        return license ?? throw new InvalidOperationException("no license is active: Install() one first");
    }

    private void PassUntil(DateTimeOffset moment) =>
        Time.Advance(moment > Time.Wall ? moment - Time.Wall : TimeSpan.FromSeconds(1));

    // The product's own node, where it has one open; else a process that comes and goes.
    private void WithNode(Action<Node> act)
    {
        if (Time.Nodes is [var open, ..])
        {
            act(open);
            return;
        }

        using var node = OpenNode();
        act(node);
    }
}
