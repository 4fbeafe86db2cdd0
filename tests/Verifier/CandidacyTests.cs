using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Verdicts;
using Xunit;

namespace OfflineLicense.Tests.Verifier;

/// <summary>Which license is active: of all files, in any order, and after any of them is gone.</summary>
public sealed class CandidacyTests
{
    private static readonly DateTimeOffset Now = Licenses.Day(400);

    private static readonly NodeFacts Fresh = new() { Product = Licenses.Product, Installation = Licenses.Installation };

    // Small, but with every reason to be preferred: issue, term, tie, a chain of three, two that replace one.
    private static readonly License[] Universe =
    [
        Licenses.Plain with { Id = Licenses.Id(1), Issued = Licenses.Day(10) },
        Licenses.Plain with { Id = Licenses.Id(2), Issued = Licenses.Day(20), Until = Licenses.Day(390) },
        Licenses.Plain with { Id = Licenses.Id(3), Issued = Licenses.Day(20), Until = Licenses.Day(380), Replaces = Licenses.Id(1) },
        Licenses.Plain with { Id = Licenses.Id(4), Issued = Licenses.Day(5), Until = Licenses.Day(500), Replaces = Licenses.Id(3) },
        Licenses.Plain with { Id = Licenses.Id(5), Issued = Licenses.Day(10), Replaces = Licenses.Id(1) },
        Licenses.Plain with { Id = Licenses.Id(6), Issued = Licenses.Day(300), From = Licenses.Day(401), Replaces = Licenses.Id(5) },
    ];

    [Fact]
    public void Any_set_of_files_in_any_order_has_the_one_answer_that_the_rule_names()
    {
        for (var choice = 1; choice < 1 << Universe.Length; choice++)
        {
            var set = Universe.Where((_, i) => (choice >> i & 1) == 1).ToList();
            var expected = ByTheRule(set);
            foreach (var order in Permutations([.. set.Select(license => Licenses.Candidate(_ => license))]))
            {
                var candidacy = Candidacy.Of(order, Fresh, Now);
                Assert.Equal(expected?.Id, candidacy.Active?.Signed!.License.Id);
            }
        }
    }

    [Fact]
    public void The_reasons_why_files_do_not_count_are_the_same_in_any_order()
    {
        var all = Universe.Select(license => Licenses.Candidate(_ => license)).ToList();
        var reasons = Candidacy.Of(all, Fresh, Now).NotCounting().ToHashSet();
        foreach (var order in Permutations(all))
            Assert.Equal(reasons, Candidacy.Of(order, Fresh, Now).NotCounting().ToHashSet());
    }

    [Fact]
    public void Of_two_files_with_one_license_the_first_by_name_is_shown_and_the_kept_copy_last()
    {
        var files = new[]
        {
            Licenses.Candidate(file: "b.lic"), Licenses.Candidate(file: "a.lic"), Licenses.Candidate(file: "0", isKept: true),
        };
        foreach (var order in Permutations([.. files]))
            Assert.Equal("a.lic", Candidacy.Of(order, Fresh with { LastActive = Licenses.Plain.Id }, Now).Active!.File);
    }

    [Fact]
    public void A_replaced_license_never_counts_again_once_the_newer_one_counted()
    {
        var (old, newer) = (Licenses.Candidate(l => l with { Id = Licenses.Id(1) }), Licenses.Candidate(l => l with
        {
            Id = Licenses.Id(2),
            Replaces = Licenses.Id(1),
            Until = Licenses.Day(300),
        }));

        // The newer one's term has ended and its file is gone: its kept copy still stands in the old one's way.
        var after = Fresh with { Counted = new HashSet<string> { Licenses.Id(2) }, LastActive = Licenses.Id(2) };
        var candidacy = Candidacy.Of([old, newer with { IsKept = true }], after, Now);
        Assert.Equal(Licenses.Id(2), candidacy.Active!.Signed!.License.Id);
        Assert.Equal(ReasonCode.Replaced, Assert.Single(candidacy.NotCounting()).Code);
    }

    [Fact]
    public void A_replacement_that_was_active_under_a_wrong_date_takes_its_place_when_its_term_begins_and_not_before()
    {
        var old = Licenses.Candidate(l => l with { Id = Licenses.Id(1), Until = Licenses.Day(410) });
        var next = Licenses.Candidate(l => l with { Id = Licenses.Id(2), Replaces = Licenses.Id(1), From = Licenses.Day(410) });
        var mended = Fresh with { Counted = new HashSet<string> { Licenses.Id(1), Licenses.Id(2) }, LastActive = Licenses.Id(2) };
        foreach (var files in new LicenseCandidate[][] { [old, next], [old, next with { IsKept = true }] })
        {
            Assert.Equal(old, Candidacy.Of(files, mended, Now).Active);
            Assert.Equal(old, Candidacy.Of(files, mended, Licenses.Day(410) - TimeSpan.FromSeconds(1)).Active);
            Assert.Equal(Licenses.Id(2), Candidacy.Of(files, mended, Licenses.Day(410)).Active!.Signed!.License.Id);
        }
    }

    [Fact]
    public void A_replaced_license_stays_out_when_the_newer_one_was_replaced_in_turn_and_the_last_counts_no_more()
    {
        var old = Licenses.Candidate(l => l with { Id = Licenses.Id(1) });
        var middle = Licenses.Candidate(l => l with { Id = Licenses.Id(2), Replaces = Licenses.Id(1) }, isKept: true);
        var last = Licenses.Candidate(
            l => l with { Id = Licenses.Id(3), Replaces = Licenses.Id(2), BuildsUntil = Licenses.Day(10) }, isKept: true);
        var facts = Fresh with
        {
            Built = Licenses.Day(20),
            Counted = new HashSet<string> { Licenses.Id(1), Licenses.Id(2), Licenses.Id(3) },
            LastActive = Licenses.Id(3),
        };
        var candidacy = Candidacy.Of([old, middle, last], facts, Now);
        Assert.Null(candidacy.Active);
        Assert.Equal(Licenses.Id(3), candidacy.LastActive!.Signed!.License.Id);
        Assert.Equal(ReasonCode.Replaced, Assert.Single(candidacy.NotCounting()).Code);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Licenses_that_replace_one_another_in_a_circle_leave_nobody_in_the_dark(int length)
    {
        var circle = Enumerable.Range(1, length).Select(number => Licenses.Candidate(l => l with
        {
            Id = Licenses.Id(number),
            Issued = Licenses.Day(number),
            Replaces = Licenses.Id(number % length + 1),
        })).ToList();
        foreach (var order in Permutations(circle))
        {
            // Also when each of them was active already, and again after a restart.
            var after = Fresh with { Counted = circle.Select(c => c.Signed!.License.Id).ToHashSet(), LastActive = Licenses.Id(1) };
            Assert.Equal(Licenses.Id(length), Candidacy.Of(order, Fresh, Now).Active?.Signed!.License.Id);
            Assert.Equal(Licenses.Id(length), Candidacy.Of(order, after, Now).Active?.Signed!.License.Id);
        }
    }

    [Fact]
    public void A_license_that_replaces_one_of_a_circle_takes_its_place_as_ever()
    {
        var a = Licenses.Candidate(l => l with { Id = Licenses.Id(1), Replaces = Licenses.Id(2), Issued = Licenses.Day(8) });
        var b = Licenses.Candidate(l => l with { Id = Licenses.Id(2), Replaces = Licenses.Id(1), Issued = Licenses.Day(7) });
        var c = Licenses.Candidate(l => l with { Id = Licenses.Id(3), Replaces = Licenses.Id(1), Issued = Licenses.Day(6) });
        var candidacy = Candidacy.Of([a, b, c], Fresh, Now);
        Assert.Equal(Licenses.Id(2), candidacy.Active!.Signed!.License.Id);
        Assert.Equal(a.File, Assert.Single(candidacy.NotCounting()).File);
    }

    [Fact]
    public void A_license_that_never_counted_displaces_nothing()
    {
        var good = Licenses.Candidate();
        foreach (var bad in BadFiles.ByCode.Values)
            Assert.Equal(good, Candidacy.Of([bad, good], Fresh with { Built = Licenses.Day(300) }, Now).Active);
    }

    [Fact]
    public void A_renewal_put_there_early_takes_over_in_the_second_in_which_its_term_begins()
    {
        var now = Licenses.Candidate(l => l with { Until = Licenses.Day(365) });
        var next = Licenses.Candidate(l => l with { Id = Licenses.Id(2), Issued = Licenses.Day(330), From = Licenses.Day(365), Replaces = Licenses.Id(1) });
        Assert.Equal(now, Candidacy.Of([now, next], Fresh, Licenses.Day(365) - TimeSpan.FromSeconds(1)).Active);
        Assert.Equal(next, Candidacy.Of([now, next], Fresh, Licenses.Day(365)).Active);
    }

    [Fact]
    public void Only_the_kept_copy_of_the_license_that_was_active_last_can_count()
    {
        var kept = new[] { Licenses.Candidate(isKept: true), Licenses.Candidate(l => l with { Id = Licenses.Id(2) }, isKept: true) };
        Assert.Equal(kept[0], Candidacy.Of(kept, Fresh with { LastActive = Licenses.Id(1) }, Now).Active);
        Assert.Null(Candidacy.Of(kept, Fresh with { LastActive = Licenses.Id(3) }, Now).Active);
        Assert.Empty(Candidacy.Of(kept, Fresh, Now).NotCounting());
    }

    [Fact]
    public void A_bound_license_counts_for_each_installation_that_it_names()
    {
        var bound = Licenses.Candidate(l => l with { Installations = ["offline-license/aaaaaaaaaaaaaaaaaaaaaaaaaa", Licenses.Installation] });
        Assert.Equal(bound, Candidacy.Of([bound], Fresh, Now).Active);
    }

    [Fact]
    public void A_build_made_in_the_first_second_that_is_not_covered_is_too_new()
    {
        var license = Licenses.Candidate(l => l with { BuildsUntil = Licenses.Day(100) });
        Assert.NotNull(Candidacy.Of([license], Fresh with { Built = Licenses.Day(100) - TimeSpan.FromSeconds(1) }, Now).Active);
        Assert.Null(Candidacy.Of([license], Fresh with { Built = Licenses.Day(100) }, Now).Active);
        Assert.NotNull(Candidacy.Of([license], Fresh, Now).Active);
    }

    [Fact]
    public void A_license_that_needs_a_reply_counts_from_that_reply_on()
    {
        var license = Licenses.Candidate(l => l with { Needs = new LicenseNeeds { Reply = 7, Trust = 3 } });
        Assert.Null(Candidacy.Of([license], Fresh with { ReplyNumbers = Replied(6), TrustVersion = 3 }, Now).Active);
        Assert.Null(Candidacy.Of([license], Fresh with { ReplyNumbers = Replied(7), TrustVersion = 2 }, Now).Active);
        Assert.NotNull(Candidacy.Of([license], Fresh with { ReplyNumbers = Replied(7), TrustVersion = 3 }, Now).Active);
    }

    [Fact]
    public void A_reply_to_another_customer_is_not_the_one_that_a_license_needs()
    {
        var license = Licenses.Candidate(l => l with { Needs = new LicenseNeeds { Reply = 7 } });
        var facts = Fresh with { ReplyNumbers = new Dictionary<string, long> { ["Umbrella"] = 9, [Licenses.Licensee] = 6 } };
        Assert.Null(Candidacy.Of([license], facts, Now).Active);
    }

    private static Dictionary<string, long> Replied(long number) => new() { [Licenses.Licensee] = number };

    /// <summary>The rule of verifier/README.md, "Which license", read aloud.</summary>
    private static License? ByTheRule(List<License> set)
    {
        var counting = set.Where(license => license.From <= Now).ToList();
        var left = counting.Where(license => counting.TrueForAll(other => other.Replaces != license.Id)).ToList();
        var holding = left.Where(license => license.Until is null || license.Until > Now).ToList();
        return holding.Count > 0
            ? holding.MaxBy(license => (license.Issued, license.Id))
            : left.MaxBy(license => (license.Until, license.Issued, license.Id));
    }

    private static IEnumerable<List<T>> Permutations<T>(List<T> items) =>
        items.Count == 0
            ? [[]]
            : items.SelectMany((item, i) =>
                Permutations([.. items[..i], .. items[(i + 1)..]]).Select(rest => new List<T>([item, .. rest])));
}
