using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Tests.Issuer.Fleets;

/// <summary>
/// One machine of a drawn fleet, which lives through what befalls honest machines, and a plain tally of what it used. Machines do
/// not lie by themselves: a fraud is what is written past this. Not thread-safe.
/// </summary>
/// <param name="random">What decides.</param>
/// <param name="terms">The customer's licenses.</param>
/// <param name="installation">A label, different for each machine.</param>
internal sealed class FleetMember(Random random, FleetTerms terms, string installation)
{
    // Within what a customer may take to bring a new license to a node, and within its grace.
    private readonly DateTimeOffset _renewedAt = terms.Until.AddHours(random.Next(0, 10 * 24));

    private (string License, LicenseState State) _held;
    private DateTimeOffset _clockRightAgain;

    /// <summary>The ledger that it writes now.</summary>
    internal FleetNode Node { get; private set; } = FleetNode.Begin(installation, "first", terms.Begin.AddHours(random.Next(1, 100)));

    /// <summary>Ledgers that it wrote before, on another machine.</summary>
    internal List<FleetNode> Earlier { get; } = [];

    /// <summary>Node-seconds and core-seconds, by ledger.</summary>
    internal Dictionary<string, (long Node, long Core)> Used { get; } = new(StringComparer.Ordinal);

    internal string Installation => Node.Installation;

    /// <summary>The label that the installation's key is made of.</summary>
    internal string Label { get; } = installation;

    /// <summary>What befell it, for whoever reads a failure.</summary>
    internal List<string> Story { get; } = [];

    /// <summary>Goes on until a time, or a little after.</summary>
    internal FleetMember Live(DateTimeOffset until)
    {
        while (Node.Now < until)
            Episode();
        return this;
    }

    /// <summary>Works for a while, under the license and in the state that are right at each moment of it.</summary>
    internal FleetMember Work(long cores, TimeSpan time)
    {
        for (var end = Node.Now + time; Node.Now < end;)
        {
            Settle();
            var change = Node.Now < terms.Until ? terms.Until : Node.Now < _renewedAt ? _renewedAt : DateTimeOffset.MaxValue;
            var step = (change < end ? change : end) - Node.Now;
            var (node, core) = Used.GetValueOrDefault(Node.Ledger);
            var seconds = (long)step.TotalSeconds;
            Used[Node.Ledger] = (node + (cores > 0 ? seconds : 0), core + (cores * seconds));
            Node.Use(cores, step);
        }

        return this;
    }

    /// <summary>Begins a new ledger that carries on the old one, as after a move to another machine.</summary>
    /// <param name="snapshot">What is left of the old one; null for all of it.</param>
    internal void BeginAnew(FleetNode? snapshot = null)
    {
        Earlier.Add(Node);
        Node = FleetNode.Begin(Label, FormattableString.Invariant($"ledger {Earlier.Count}"), Node.Now.AddHours(1), snapshot ?? Node);
        _held = default;
        Settle();
    }

    /// <summary>A second machine that goes on with the same state folder.</summary>
    internal FleetMember Clone() => new(random, terms, Label) { Node = Node.Copy(), _held = _held, Story = { "is a clone" } };

    private void Episode()
    {
        var hours = random.Next(1, 30);
        (string Name, Action Act)[] all =
        [
            ("work", () => Work(random.Next(1, 9), TimeSpan.FromHours(hours))),
            ("work", () => Work(random.Next(1, 9), TimeSpan.FromMinutes(random.Next(1, 300)))),
            ("idle", () => Work(0, TimeSpan.FromHours(hours))),
            ("off", () => Node.Restart(random.Next(1, 200))),
            ("off", () => Node.Restart(random.Next(1, 200))),
            ("off for weeks", () => Node.Restart(random.Next(7 * 24, 25 * 24))),
            ("crash", () => Node.Crash(random.Next(0, 60))),
            ("reply", () => Node.Write(new ReplyReceipt { At = Node.Now, Number = 1, Size = random.Next(1, (int)Node.Size) })),
            ("wrong clock", WrongClock),
            ("new machine", () => BeginAnew()),
        ];
        var (name, act) = all[random.Next(20) == 0 ? 9 : random.Next(9)];
        Story.Add(FormattableString.Invariant($"{Node.Now:MM-dd HH:mm} {name}"));
        act();
    }

    // By hours, and away from the end of the term: states by a wrong clock are what real nodes are tested with.
    private void WrongClock()
    {
        if (Node.Now < _clockRightAgain.AddDays(2) || (Node.Now - terms.Until).Duration() < TimeSpan.FromDays(4) || (Node.Now - _renewedAt).Duration() < TimeSpan.FromDays(4))
            return;
        var ahead = TimeSpan.FromMinutes(random.Next(6, 20 * 60)) * (random.Next(2) == 0 ? 1 : -1);
        Settle();
        Node.SetClock(Node.Now + ahead);
        Work(random.Next(0, 4), TimeSpan.FromHours(random.Next(1, 10)));
        Node.SetClock(Node.Now - ahead);
        _clockRightAgain = Node.Now;
    }

    private void Settle()
    {
        var state = Node.Now >= terms.Until && Node.Now < _renewedAt ? LicenseState.Grace : LicenseState.Licensed;
        var license = Node.Now < _renewedAt ? terms.First : terms.Renewal;
        if (_held == (license.License.Id, state))
            return;
        _held = (license.License.Id, state);
        Node.Hold(license, state, state == LicenseState.Grace ? [new HeldReason(ReasonCode.TermEnded, terms.Until)] : []);
    }
}
