using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Verdicts;
using Xunit;

namespace OfflineLicense.Tests.Verifier;

/// <summary>
/// Which license is active, over all small sets: each license of two kinds of issue, of any term, and taking the place of
/// any other; with any of them as the one that was active last, in a file or in the kept copy alone. Held against the rule
/// as design section 4 has it, said once more and plainly.
/// </summary>
public sealed class WhichLicenseTests
{
    private static readonly DateTimeOffset Now = Licenses.Day(400);

    private static readonly (DateTimeOffset From, DateTimeOffset? Until)[] Terms =
    [
        (Licenses.Day(0), null), // perpetual
        (Licenses.Day(0), Licenses.Day(500)),
        (Licenses.Day(0), Licenses.Day(400)), // over in this very second
        (Licenses.Day(0), Licenses.Day(300)),
        (Licenses.Day(400), Licenses.Day(500)), // begins in this very second
        (Licenses.Day(401), Licenses.Day(500)), // to come
    ];

    [Fact]
    public void Of_every_two_licenses_the_one_that_the_rule_names_is_active() => HoldForAll(SetsOf(2), 2_000);

    [Fact]
    public void Of_every_three_licenses_the_one_that_the_rule_names_is_active() => HoldForAll(SetsOf(3), 100_000);

    [Fact]
    public void What_ends_the_grace_is_foretold_alike_with_every_date_and_with_those_that_can_refuse()
    {
        const int seed = 20261122;
        var random = new Random(seed);
        var refusals = 0;
        for (var round = 0; round < 400; round++)
        {
            var world = RandomWorld(random);
            if (!world.Verdict.MayBegin)
                continue;
            var refusal = world.Foretelling.TimeLine().FirstOrDefault(change => !change.After.MayBegin)?.After.At;
            Assert.True(refusal == world.Verdict.GraceEnds, FormattableString.Invariant($"seed {seed}, round {round}: {refusal:u} and {world.Verdict.GraceEnds:u}"));
            refusals += refusal is null ? 0 : 1;
        }

        Assert.InRange(refusals, 100, 400);
    }

    private static void HoldForAll(IEnumerable<License[]> sets, int atLeast)
    {
        var cases = 0;
        foreach (var set in sets)
        {
            foreach (var (files, facts) in Situations(set))
            {
                var expected = ByTheRule(files, facts);
                var active = Candidacy.Of(files, facts, Now).Active?.Signed!.License;
                Assert.True(expected?.Id == active?.Id, $"{Told(files, facts)}: {active?.Id[^1]} is active, and by the rule it is {expected?.Id[^1]}");
                cases++;
            }
        }

        Assert.InRange(cases, atLeast, int.MaxValue);
    }

    /// <summary>All files and nothing known; and after each of them was active: its file there, or its kept copy alone.</summary>
    private static IEnumerable<(List<LicenseCandidate> Files, NodeFacts Facts)> Situations(License[] set)
    {
        var facts = new NodeFacts { Product = Licenses.Product, Installation = Licenses.Installation };
        var files = set.Select(Candidate).ToList();
        yield return (files, facts);
        for (var i = 0; i < set.Length; i++)
        {
            var after = facts with { Counted = new HashSet<string> { set[i].Id }, LastActive = set[i].Id };
            var kept = files[i] with { IsKept = true };
            if (set.Length < 3)
                yield return ([.. files, kept], after);
            yield return ([.. files[..i], .. files[(i + 1)..], kept], after);
        }
    }

    /// <summary>
    /// Of all that count, and the kept copy of the active one: not replaced by another that counted; newest issued whose
    /// term holds now, ties by the greater id; else the one that ended last. No circle is among these sets.
    /// </summary>
    private static License? ByTheRule(List<LicenseCandidate> files, NodeFacts facts)
    {
        var counting = files.Select(file => file.Signed!.License).Where(license => license.From <= Now).ToList();
        var left = counting.Where(license => !counting.Exists(other => other.Replaces == license.Id)).ToList();
        var holding = left.Where(license => license.Until is null || license.Until > Now).ToList();
        return holding.Count > 0
            ? holding.OrderBy(license => license.Issued).ThenBy(license => license.Id, StringComparer.Ordinal).Last()
            : left.OrderBy(license => license.Until).ThenBy(license => license.Issued).ThenBy(license => license.Id, StringComparer.Ordinal).LastOrDefault();
    }

    private static IEnumerable<License[]> SetsOf(int size)
    {
        IEnumerable<License[]> sets = [[]];
        for (var number = 1; number <= size; number++)
        {
            var place = number;
            sets = sets.SelectMany(set => Kinds(place, size), (set, license) => (License[])[.. set, license]);
        }

        return sets.Where(set => !set.Any(license => IsCircular(license, set)));
    }

    private static IEnumerable<License> Kinds(int number, int size) =>
        from term in Terms
        from issued in (int[])[10, 20]
        from replaces in Enumerable.Range(0, size + 1).Where(other => other != number)
        select Licenses.Plain with
        {
            Id = Licenses.Id(number),
            Issued = Licenses.Day(issued),
            From = term.From,
            Until = term.Until,
            Replaces = replaces == 0 ? null : Licenses.Id(replaces),
        };

    private static bool IsCircular(License license, License[] set)
    {
        var next = license;
        for (var steps = 0; next is not null && steps < set.Length; steps++)
        {
            next = Array.Find(set, other => other.Id == next.Replaces);
            if (next == license)
                return true;
        }

        return false;
    }

    /// <summary>Up to five licenses that follow, overlap and replace one another, with quotas and duties, in the midst of them.</summary>
    private static World RandomWorld(Random random)
    {
        var licenses = Enumerable.Range(2, random.Next(1, 5)).Select(number =>
        {
            var from = random.Next(380, 460);
            return Kind(random, Licenses.Plain with
            {
                Id = Licenses.Id(number),
                Issued = Licenses.Day(random.Next(100, 380)),
                From = Licenses.Day(from),
                Until = random.Next(8) == 0 ? null : Licenses.Day(from + random.Next(1, 60)),
                Replaces = random.Next(2) == 0 ? Licenses.Id(random.Next(1, number)) : null,
            });
        }).ToList();
        var world = new World { License = Kind(random, Licenses.Plain with { Issued = Licenses.Day(300), Until = Licenses.Day(random.Next(401, 450)) }) };
        return world with
        {
            Others = [.. licenses.Select(Candidate)],
            Facts = world.Facts with
            {
                GraceSeconds = random.Next(3) * 43_200,
                OldestUnexported = Licenses.Day(random.Next(380, 400)),
                Use = new UseOfMinutes([new DayOfUse(Licenses.Id(1), DateOnly.FromDateTime(Licenses.Day(399).UtcDateTime), 3600, 3600, IsAcknowledged: false)], []),
            },
        };
    }

    private static License Kind(Random random, License license) => license with
    {
        Grace = new LicenseGrace { Days = random.Next(4) * 3 },
        Overage = (OverageRule)random.Next(3),
        Enforcement = (EnforcementRule)(random.Next(5) / 4),
        Quota = random.Next(2) == 0 ? new LicenseQuota() : new LicenseQuota { Per = (QuotaPeriod)random.Next(3), NodeMinutes = 60 },
        Receipts = random.Next(2) == 0 ? null : new LicenseReceipts { MailEvery = Duration.Parse("40d") },
    };

    private static LicenseCandidate Candidate(License license) => Licenses.Candidate(_ => license);

    private static string Told(List<LicenseCandidate> files, NodeFacts facts) =>
        $"active last {facts.LastActive?[^1]}; " + string.Join("; ", files.Select(file => file.Signed!.License)
            .Select(license => FormattableString.Invariant($"{license.Id[^1]} issued {license.Issued:MM-dd} from {license.From:yyyy-MM-dd} until {license.Until:yyyy-MM-dd} replaces {license.Replaces?[^1]}")));
}
