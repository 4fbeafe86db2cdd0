using OfflineLicense.Issuer.Import;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Import;

/// <summary>
/// Machines that nobody tampers with, through all that may befall them in random order: work, restarts, power cuts, weeks
/// off, second processes, clocks set far ahead for hours or for days and mended, time resets, renewals in time and late,
/// more minutes, updates that the license does not cover, and mails in between. Whatever they went through, the vendor finds
/// nothing against them.
/// </summary>
public sealed class HonestNodesTests
{
    private const int Steps = 30;
    private static readonly TimeSpan Day = TimeSpan.FromDays(1), Hour = TimeSpan.FromHours(1);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 16)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Nothing_is_found_against_an_honest_machine_whatever_befell_it(int seed)
    {
        using var life = new Life(seed);
        for (var step = 0; step < Steps; step++)
            life.Go();
        life.Mail();
        Assert.True(life.Findings.Count == 0, FormattableString.Invariant($"seed {seed}: {string.Join("; ", life.Story)}\n{string.Join('\n', life.Findings)}"));
        Assert.InRange(life.Mails, 1, Steps + 1);
    }

    private sealed class Life : IDisposable
    {
        private readonly Random _random;
        private readonly NodeSite _site = new() { LookEvery = Hour };
        private readonly ImportBooks _books = new();
        private License _license;
        private int _licenses = 1;
        private int _resets;

        public Life(int seed)
        {
            _random = new Random(seed);
            var days = _random.Next(4);
            var earn = _random.Next(2);
            _license = Issue(Licenses.Plain with
            {
                Until = Licenses.Day(_random.Next(10, 40)),
                Grace = new LicenseGrace { Days = days, Earn = earn, Limit = days + (2 * earn) },
                Quota = _random.Next(2) == 0 ? new LicenseQuota() : new LicenseQuota { Per = QuotaPeriod.Month, NodeMinutes = 20_000 },
                Receipts = new LicenseReceipts { Every = Duration.Parse("1h"), MailEvery = _random.Next(2) == 0 ? null : Duration.Parse("9d") },
            });
        }

        public List<string> Story { get; } = [];

        public int Mails { get; private set; }

        // A site to confirm and a clock to set are no charge against anybody, and more than the quota was really used: work goes on in Grace.
        public List<string> Findings => [.. _books.OpenFindings().Where(finding => finding.Kind is not (FindingKind.NewInstallation or FindingKind.ClockAhead or FindingKind.OverQuota))
            .Select(finding => $"{finding.Kind} {finding.Subject}: {finding.Evidence}")];

        public void Go()
        {
            (string Name, Action Act)[] all =
            [
                ("work", () => Run(Days(5), cut: false)),
                ("work", () => Run(Days(5), cut: false)),
                ("power cut", () => Run(Days(2), cut: true)),
                ("off", () => _site.Time.Suspend(Days(20))),
                ("two processes", Together),
                ("clock ahead for hours", () => Ahead(_random.Next(1, 20) * Hour)),
                ("clock ahead for days", () => Ahead(Days(3) + Day)),
                ("clock back", Back),
                ("renewal", Renew),
                ("amendment", Amend),
                ("update", () => _site.Built = _site.Built is null ? _site.Time.Wall : null),
                ("mail", Mail),
            ];
            var (name, act) = all[_random.Next(all.Length)];
            Story.Add(FormattableString.Invariant($"{_site.Time.Wall:MM-dd HH:mm} {name}"));
            act();
        }

        public void Mail()
        {
            if (_site.Ledgers().Count == 0)
                return;
            _books.Time.Wall = _site.Time.Wall;
            foreach (var result in _books.Import(FormattableString.Invariant($"mail-{++Mails}"), _site.Export()))
                Assert.True(result.Outcome is ImportOutcome.Added or ImportOutcome.Known, $"{result.Outcome} after {string.Join("; ", Story)}");
        }

        public void Dispose()
        {
            _site.Dispose();
            _books.Dispose();
        }

        private TimeSpan Days(int most) => _random.Next(1, most * 24 * 60) * TimeSpan.FromMinutes(1);

        private void Run(TimeSpan time, bool cut)
        {
            using var node = _site.Open();
            var works = node.TryBegin(_random.Next(1, 9), out var usage, out _) && _random.Next(3) > 0;
            _site.Time.Advance(time / 2);
            if (!works)
                usage?.Dispose();
            _site.Time.Advance(time / 2);
            if (cut)
                _site.CutPower();
            usage?.Dispose();
        }

        private void Together()
        {
            using var first = _site.Open();
            first.TryBegin(2, out var work, out _);
            _site.Time.Advance(Days(1));
            using (var second = _site.Open())
            {
                second.TryBegin(3, out var more, out _);
                _site.Time.Advance(Days(2));
                more?.Dispose();
            }

            _site.Time.Advance(Days(1));
            work?.Dispose();
        }

        private void Ahead(TimeSpan time)
        {
            using (var node = _site.Open())
            {
                _site.Time.Advance(Days(1));
                var ahead = _random.Next(1, 30_000) * Day;
                _site.Time.Wall += ahead;
                node.TryBegin(1, out var work, out _);
                _site.Time.Advance(time);
                work?.Dispose();
                if (_random.Next(2) == 0)
                    _site.Time.Wall -= ahead;
                else
                    Reopened(() => _site.Time.Wall -= ahead, node);
            }

            TakeReset();
        }

        // Where the clock was ahead for so long that it cannot be undone, the vendor's file mends it.
        private void TakeReset()
        {
            using (var node = _site.Open())
            {
                _site.Time.Advance(2 * Hour);
                if (node.Verdict.Warnings.All(warning => warning.Code != ReasonCode.ClockBehind))
                    return;
            }

            var reset = new TimeReset
            {
                Id = Licenses.Id(1000 + ++_resets),
                Product = Licenses.Product,
                Issued = _site.Time.Wall,
                Ledgers = [.. _site.Ledgers()
                    .Select(ledger => new ResetLedger(ledger.Key!.Name, ledger.Size, Convert.ToBase64String(ledger.Root), _site.Time.Wall))
                    .OrderBy(ledger => ledger.Ledger, StringComparer.Ordinal)],
            };
            File.WriteAllBytes(Path.Combine(_site.LicenseFolder, reset.Id + ".reset"), reset.Sign(Licenses.Key));
            Story.Add("time reset");
        }

        private void Back()
        {
            using var node = _site.Open();
            _site.Time.Advance(Days(1));
            var back = Days(10);
            _site.Time.Wall -= back;
            _site.Time.Advance(Days(1));
            _site.Time.Wall += back;
            _site.Time.Advance(Hour);
        }

        private void Renew() => _license = Issue(_license with
        {
            Id = Licenses.Id(++_licenses),
            Replaces = _license.Id,
            Issued = _site.Time.Wall,
            From = _license.Until!.Value,
            Until = _license.Until.Value + Days(40),
        });

        private void Amend() => _license = Issue(_license with
        {
            Id = Licenses.Id(++_licenses),
            Replaces = _license.Id,
            Issued = _site.Time.Wall,
            Until = _license.Until + Days(10),
            BuildsUntil = _random.Next(2) == 0 ? _site.Time.Wall + Days(10) : null,
            Quota = _license.Quota with { NodeMinutes = _license.Quota.NodeMinutes + 10_000 },
        });

        private License Issue(License license)
        {
            var whole = license with { Issued = ExactText.WholeSeconds(license.Issued), Until = WholeDay(license.Until), BuildsUntil = WholeDay(license.BuildsUntil) };
            _books.Issue(Licenses.Signed(_ => whole));
            return _site.Put(_ => whole);
        }

        private static DateTimeOffset? WholeDay(DateTimeOffset? time) => time is { } at ? new DateTimeOffset(at.Date, TimeSpan.Zero) + Day : null;

        private static void Reopened(Action between, Node node)
        {
            node.Dispose();
            between();
        }
    }
}
