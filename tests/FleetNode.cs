using System.Security.Cryptography;
using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Metering;

namespace OfflineLicense.Tests;

/// <summary>
/// A node that lives by a script: it writes the receipts that a real one would, with no disk, clock or randomness. A
/// test tells it what happens and how long it takes, and mails any part of what it wrote. Not thread-safe.
/// </summary>
internal sealed class FleetNode
{
    private readonly List<Receipt> _receipts = [];
    private readonly List<byte[]> _lines = [];
    private readonly SigningKey _key;
    private readonly LedgerReadings _readings = new();
    private SignedLicense? _license;
    private LicenseState _state = LicenseState.Unlicensed;
    private HeldReason[] _reasons = [];

    private FleetNode(SigningKey key, DateTimeOffset now) => (_key, Now) = (key, now);

    /// <summary>Where the node's script has come to; whole seconds.</summary>
    internal DateTimeOffset Now { get; private set; }

    /// <summary>The ledger's name.</summary>
    internal string Ledger => _key.VerifierKey.Name;

    /// <summary>The installation's name.</summary>
    internal string Installation => InstallationName.InstallationOf(Ledger);

    /// <summary>How many receipts there are.</summary>
    internal long Size => _receipts.Count;

    /// <summary>All of them.</summary>
    internal IReadOnlyList<Receipt> Receipts => _receipts;

    /// <summary>Starts a new ledger.</summary>
    /// <param name="installation">A label: the same one is the same installation.</param>
    /// <param name="ledger">A label: the same one is the same ledger of it.</param>
    /// <param name="at">When; a whole hour spares the reader the odd first interval.</param>
    /// <param name="follows">The ledger that it carries on, if any.</param>
    /// <param name="followsSize">How many receipts of it, as it says; null for all.</param>
    internal static FleetNode Begin(string installation, string ledger, DateTimeOffset at, FleetNode? follows = null, long? followsSize = null)
    {
        using var unnamed = FleetVendor.KeyOf(installation);
        var name = InstallationName.OfLedger(
            InstallationName.Of(unnamed.VerifierKey.PublicKey),
            SHA256.HashData(Encoding.UTF8.GetBytes(ledger)).AsSpan(0, InstallationName.LedgerRandomBytes));
        var node = new FleetNode(unnamed.WithName(name), at);
        if (follows is not null)
            node._readings.CarryOn(follows._readings);
        node.Write(new StartReceipt
        {
            At = at,
            Follows = follows?.Ledger ?? "",
            FollowsSize = followsSize ?? follows?.Size ?? 0,
            FollowsRoot = follows is null ? "" : ExactText.FormatBase64(follows.TreeOf(followsSize ?? follows.Size).Root()),
            Clean = 1,
        });
        return node;
    }

    /// <summary>Makes a license the active one.</summary>
    /// <param name="license">The license; null for none.</param>
    /// <param name="state">The state from now on.</param>
    /// <param name="reasons">Why it is not Licensed.</param>
    internal FleetNode Hold(SignedLicense? license, LicenseState state = LicenseState.Licensed, params HeldReason[] reasons)
    {
        (_license, _state, _reasons) = (license, license is null ? LicenseState.Unlicensed : state, reasons);
        if (license is not null)
            Write(new LicenseReceipt { At = Now, License = license.License.Id, Holds = LicenseHolding.Of(Ledger, license.TextBytes) });
        return Write(new StateReceipt { At = Now, State = _state, Reasons = _reasons });
    }

    /// <summary>Works with so many cores for so long: a receipt for each interval that it touches.</summary>
    internal FleetNode Use(long cores, TimeSpan time)
    {
        var interval = _license?.License.ReceiptInterval ?? TimeSpan.FromMinutes(5);
        for (var end = Now + time; Now < end;)
        {
            var cut = new DateTimeOffset((Now.Ticks / interval.Ticks + 1) * interval.Ticks, TimeSpan.Zero);
            Span(cores, cut < end ? cut : end, interval);
        }

        return this;
    }

    /// <inheritdoc cref="Use(long, TimeSpan)"/>
    internal FleetNode Use(long cores, int hours) => Use(cores, TimeSpan.FromHours(hours));

    /// <summary>Is open and does nothing.</summary>
    internal FleetNode Idle(int hours) => Use(0, hours);

    /// <summary>Ends in good order, is off for so long, and starts again.</summary>
    internal FleetNode Restart(int hoursOff)
    {
        Stop();
        Now += TimeSpan.FromHours(hoursOff);
        return Start(clean: 1);
    }

    /// <summary>Falls over, is off for so long, and starts again.</summary>
    internal FleetNode Crash(int hoursOff)
    {
        Now += TimeSpan.FromHours(hoursOff);
        return Start(clean: 0);
    }

    /// <summary>The wall clock is set.</summary>
    internal FleetNode SetClock(DateTimeOffset to)
    {
        var step = to - Now;
        Now = to;
        return Write(new ClockReceipt
        {
            At = Now,
            AheadSeconds = Math.Max(0, (long)step.TotalSeconds),
            BehindSeconds = Math.Max(0, -(long)step.TotalSeconds),
        });
    }

    /// <summary>Takes the vendor's time reset: from here on it is that time.</summary>
    internal FleetNode TakeReset(DateTimeOffset to)
    {
        Now = to;
        return Write(new ResetReceipt { At = Now, Reset = "01JDA7X0R3Q8N5V2K6T9W00001", Mark = Now });
    }

    /// <summary>Ends in good order.</summary>
    internal FleetNode Stop() => Write(new StopReceipt { At = Now });

    /// <summary>Writes any receipt; only its <c>seq</c> is set. This is how a node lies.</summary>
    internal FleetNode Write(Receipt receipt)
    {
        var placed = receipt with { Seq = Size };
        _receipts.Add(placed);
        _lines.Add(ReceiptLine.Print(placed));
        _readings.Add(placed);
        return this;
    }

    /// <summary>The same state folder a second time: what both go on to write is a fork.</summary>
    internal FleetNode Copy()
    {
        var copy = new FleetNode(_key, Now) { _license = _license, _state = _state, _reasons = _reasons };
        foreach (var receipt in _receipts)
            copy.Write(receipt);
        return copy;
    }

    /// <summary>The same ledger with its first receipt alone, to be told otherwise.</summary>
    internal FleetNode Begun() => new FleetNode(_key, _receipts[0].At).Write(_receipts[0]);

    /// <summary>Mails a part of the ledger, as an export has it.</summary>
    /// <param name="from">The first <c>seq</c>.</param>
    /// <param name="until">The first that is left out; null for all there is.</param>
    internal byte[] Mail(long from = 0, long? until = null)
    {
        var end = until ?? Size;
        using var file = new MemoryStream();
        file.Write(Encoding.UTF8.GetBytes(LedgerHead.After(TreeOf(from), _key.VerifierKey).Print()));
        file.Write("\n"u8);
        for (var seq = from; seq < end; seq++)
        {
            file.Write(_lines[(int)seq]);
            file.Write("\n"u8);
        }

        file.Write("\n"u8);
        file.Write(new Checkpoint { Origin = Ledger, Size = end, Root = TreeOf(end).Root() }.Sign(_key));
        return file.ToArray();
    }

    /// <summary>The ledger's root at a size.</summary>
    internal byte[] RootAt(long size) => TreeOf(size).Root();

    private FleetNode Start(long clean)
    {
        Write(new StartReceipt { At = Now, Clean = clean });
        return Hold(_license, _state, _reasons);
    }

    private void Span(long cores, DateTimeOffset end, TimeSpan interval)
    {
        var seconds = (long)(end - Now).TotalSeconds;
        var usage = new UsageReceipt
        {
            At = end,
            From = Now,
            License = _license?.License.Id ?? "",
            State = _state,
            Since = _reasons.Length > 0 ? _reasons.Min(static reason => reason.Since) : Now,
            OpenSeconds = seconds,
            Cores = cores,
            Seconds = cores > 0 ? seconds : 0,
            CoreSeconds = cores * seconds,
            TotalSeconds = 0,
            TotalCoreSeconds = 0,
            LicensedSeconds = 0,
            GraceSeconds = 0,
        };
        Write(new UsageTotals(_readings).Complete(usage, interval));
        Now = end;
    }

    private MerkleTree TreeOf(long size)
    {
        var tree = new MerkleTree();
        foreach (var line in _lines.Take((int)size))
            tree.Append(line);
        return tree;
    }
}
