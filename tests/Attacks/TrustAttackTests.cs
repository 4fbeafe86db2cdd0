using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Metering;
using Xunit;

namespace OfflineLicense.Tests.Attacks;

/// <summary>
/// The attacks on trust documents that The Update Framework's specification lists (section 1.5.2), and those that licenses
/// add. Each test is the attacker's best try.
/// </summary>
public sealed class TrustAttackTests
{
    private static readonly SigningKey Thief = Licenses.KeyOf("vendor.example/licenses/thief", 66);

    [Fact]
    public void Arbitrary_software_a_document_by_nobody_s_roots_is_unknown()
    {
        var document = TrustVendor.First with { Keys = [TrustVendor.Signs(Thief)] };
        var (x, y) = (Licenses.KeyOf("vendor.example/roots/a", 66), Licenses.KeyOf("vendor.example/roots/b", 67));
        Assert.Equal(ReadingOutcome.UnknownKey, Open(TrustVendor.Sign(document, x, y)).Outcome);

        // Under the roots' own names and ids, which anybody can write down.
        var forged = SignedNote.Assemble(TrustFormat.Print(document), ForgedBy(TrustVendor.A), ForgedBy(TrustVendor.B));
        Assert.Equal(ReadingOutcome.BadSignature, Open(forged).Outcome);
        // True signatures, over another text.
        var stolen = SignedNote.Split(TrustVendor.Sign(TrustVendor.First)).Signatures.ToArray();
        Assert.Equal(ReadingOutcome.BadSignature, Open(SignedNote.Assemble(TrustFormat.Print(document), stolen)).Outcome);

        static NoteSignature ForgedBy(SigningKey root) =>
            new() { Name = root.VerifierKey.Name, KeyId = root.VerifierKey.Id, Signature = new byte[64] };
    }

    [Fact]
    public void Roots_that_a_document_brings_itself_do_not_sign_it()
    {
        var own = TrustVendor.First with { Roots = [TrustVendor.D.VerifierKey, TrustVendor.E.VerifierKey], Quorum = 1 };
        Assert.Equal(ReadingOutcome.UnknownKey, Open(TrustVendor.Sign(own, TrustVendor.D, TrustVendor.E)).Outcome);
    }

    [Fact]
    public void Quorum_short_by_one_is_no_quorum()
    {
        var reading = Open(TrustVendor.Sign(TrustVendor.First, TrustVendor.A));
        Assert.Equal(ReadingOutcome.UnknownKey, reading.Outcome);
        Assert.Equal("1 signature more by roots that are trusted here must be on it", reading.Reason);
        Assert.Null(Open(TrustVendor.Sign(TrustVendor.First, TrustVendor.A, TrustVendor.D, TrustVendor.E)).Document);
    }

    [Fact]
    public void The_same_key_twice_counts_once()
    {
        var again = TrustVendor.A.WithName("vendor.example/roots/again");
        Assert.Null(Open(TrustVendor.Sign(TrustVendor.First, TrustVendor.A, again)).Document);
        // Nor can a product be made that has it twice, or a document.
        Assert.Throws<ArgumentException>(() => Trust.Rooted(2, TrustVendor.A.VerifierKey.ToString(), again.VerifierKey.ToString()));
        // A document gives the key another name, and it signs under both: still one key.
        var renamed = TrustVendor.First with { Version = 2, Roots = [again.VerifierKey, TrustVendor.B.VerifierKey, TrustVendor.D.VerifierKey] };
        Assert.Null(TrustVendor.Holding(renamed).Open(TrustVendor.Sign(TrustVendor.First with { Version = 3 }, TrustVendor.A, again)).Document);
    }

    [Fact]
    public void Mix_and_match_half_a_quorum_of_the_product_and_half_of_the_version_held_are_none()
    {
        var held = TrustVendor.Holding(TrustVendor.First with { Version = 2, Roots = [TrustVendor.D.VerifierKey, TrustVendor.E.VerifierKey] });
        var next = TrustVendor.First with { Version = 3 };
        Assert.Null(held.Open(TrustVendor.Sign(next, TrustVendor.A, TrustVendor.D)).Document);
        Assert.NotNull(held.Open(TrustVendor.Sign(next, TrustVendor.A, TrustVendor.B)).Document);
        Assert.NotNull(held.Open(TrustVendor.Sign(next, TrustVendor.D, TrustVendor.E)).Document);
    }

    [Fact]
    public void Rollback_an_older_version_never_takes_the_place_of_a_newer_one()
    {
        var held = new HeldTrust(TrustVendor.Product);
        held.Take([Offered("3", TrustVendor.WithoutStolenKey())]);
        held.Take([Offered("1", TrustVendor.First), Offered("2", TrustVendor.WithNextKey)]);
        Assert.Equal(3, held.Trust.Version);
        Assert.Empty(held.Refused);
    }

    [Fact]
    public void Rollback_with_the_kept_copy_deleted_lets_no_older_version_count()
    {
        var held = new HeldTrust(TrustVendor.Product);
        held.Take([Offered("2", TrustVendor.WithNextKey)]);
        Assert.True(held.NotBelow(3));
        Assert.Equal((0, 0), (held.Trust.Version, held.Trust.LicenseKeys.Count));
        Assert.False(held.Take([Offered("2", TrustVendor.WithNextKey)]));
        Assert.Contains("trust document 3 was taken here already, and the newest that is here now is 2", Assert.Single(held.Refused).Sentence, StringComparison.Ordinal);
        Assert.True(held.Take([Offered("3", TrustVendor.WithoutStolenKey())]));
        Assert.Equal(3, held.Trust.Version);
    }

    [Fact]
    public void Freeze_a_license_that_needs_a_version_does_not_count_where_it_was_kept_away()
    {
        // What is kept away from a node cannot be seen there; the next license can ask for it.
        using var site = new NodeSite { Trust = TrustVendor.Product };
        site.PutTrust(TrustVendor.First);
        site.Put(license => license with { Needs = new LicenseNeeds { Trust = 3 } });
        using var node = site.Open();
        Assert.Equal(ReasonCode.NeedsTrust, Assert.Single(node.Verdict.NotCounting).Code);
        site.PutTrust(TrustVendor.WithoutStolenKey(Licenses.Plain with { Needs = new LicenseNeeds { Trust = 3 } }));
        node.Look();
        Assert.Equal(LicenseState.Licensed, node.Verdict.State);
    }

    [Fact]
    public void Fast_forward_a_version_far_ahead_by_less_than_a_quorum_locks_nobody_out()
    {
        var held = new HeldTrust(TrustVendor.Product);
        held.Take([Offered("far", TrustVendor.First with { Version = Limits.Number }, TrustVendor.A), Offered("1", TrustVendor.First)]);
        Assert.Equal(1, held.Trust.Version);
        held.Take([Offered("2", TrustVendor.WithNextKey)]);
        Assert.Equal(2, held.Trust.Version);
    }

    [Fact]
    public void Another_text_of_the_version_held_is_refused_and_told()
    {
        var held = new HeldTrust(TrustVendor.Product);
        held.Take([Offered("1", TrustVendor.First)]);
        Assert.False(held.Take([Offered("1", TrustVendor.First), Offered("other", TrustVendor.First with { Keys = [TrustVendor.Signs(Thief)] })]));
        Assert.Equal("other", Assert.Single(held.Refused).File);
        Assert.DoesNotContain(Thief.VerifierKey, held.Trust.LicenseKeys);
    }

    [Fact]
    public void Wrong_role_a_root_signs_no_license_and_a_license_key_no_document()
    {
        foreach (var key in (SigningKey[])[TrustVendor.A, TrustVendor.ReplyKey])
            Assert.Equal(ReadingOutcome.UnknownKey, TrustVendor.Open(Licenses.Plain, TrustVendor.First, key).Outcome);
        Assert.Null(Open(TrustVendor.Sign(TrustVendor.First, Licenses.Key, TrustVendor.ReplyKey)).Document);

        // A quorum could say so in a document, but not of the product's roots.
        var promoted = TrustVendor.First with { Version = 2, Roots = [TrustVendor.B.VerifierKey], Quorum = 1, Keys = [TrustVendor.Signs(TrustVendor.A)] };
        Assert.Equal(ReadingOutcome.Malformed, Open(TrustVendor.Sign(promoted)).Outcome);
    }

    [Fact]
    public void Key_compromise_what_a_stolen_license_key_signed_stops_counting_however_it_is_dated()
    {
        var good = Licenses.Plain;
        var trust = TrustVendor.WithoutStolenKey(good);
        Assert.Equal(ReadingOutcome.Good, TrustVendor.Open(good, trust).Outcome);
        foreach (var issued in (DateTimeOffset[])[good.Issued, Licenses.Day(-100), Licenses.Day(100)])
            Assert.Equal(ReadingOutcome.Revoked, TrustVendor.Open(good with { Id = Licenses.Id(66), Issued = issued }, trust).Outcome);
        Assert.Equal(ReadingOutcome.Good, TrustVendor.Open(good with { Id = Licenses.Id(67) }, trust, TrustVendor.NextLicenseKey).Outcome);
    }

    [Fact]
    public void A_thief_who_uses_an_id_that_stays_good_again_wins_nothing()
    {
        var reading = TrustVendor.Open(Licenses.Plain with { Quota = new LicenseQuota { Cores = 1_000_000 } }, TrustVendor.WithoutStolenKey(Licenses.Plain));
        Assert.Equal((ReadingOutcome.Revoked, Licenses.Plain.Id), (reading.Outcome, reading.License!.License.Id));
    }

    [Fact]
    public void A_stolen_key_under_another_name_is_as_revoked()
    {
        var trust = TrustVendor.Holding(TrustVendor.First with { Version = 2, Keys = [TrustVendor.Signs(Licenses.Key)], RevokedKeys = [new RevokedKey { Key = TrustVendor.ReplyKey.VerifierKey }] });
        var renamed = TrustVendor.ReplyKey.WithName("vendor.example/replies/other").VerifierKey;
        Assert.Empty(trust.ReplyKeysFor(Licenses.Plain with { Receipts = new LicenseReceipts { RepliesBy = [renamed.ToString()] } }));
    }

    [Fact]
    public void A_stolen_root_counts_for_nothing_once_the_others_revoked_it()
    {
        var held = TrustVendor.Holding(TrustVendor.First with
        {
            Version = 2,
            Roots = [TrustVendor.B.VerifierKey, TrustVendor.C.VerifierKey, TrustVendor.D.VerifierKey],
            RevokedKeys = [new RevokedKey { Key = TrustVendor.A.VerifierKey }],
        });
        var next = TrustVendor.First with { Version = 3 };
        Assert.Null(held.Open(TrustVendor.Sign(next, TrustVendor.A, TrustVendor.B)).Document);
        Assert.NotNull(held.Open(TrustVendor.Sign(next, TrustVendor.B, TrustVendor.C)).Document);
    }

    [Fact]
    public void A_revoked_license_does_not_count_by_any_key()
    {
        var trust = TrustVendor.WithNextKey with { RevokedLicenses = [Licenses.Plain.Id] };
        Assert.Equal(ReadingOutcome.Revoked, TrustVendor.Open(Licenses.Plain, trust).Outcome);
        Assert.Equal(ReadingOutcome.Revoked, TrustVendor.Open(Licenses.Plain, trust, TrustVendor.NextLicenseKey).Outcome);
        Assert.Equal(ReadingOutcome.Good, TrustVendor.Open(Licenses.Plain with { Id = Licenses.Id(2) }, trust).Outcome);
    }

    [Fact]
    public void A_key_signs_what_is_issued_within_its_dates()
    {
        var trust = TrustVendor.First with { Keys = [TrustVendor.Signs(Licenses.Key, from: Licenses.Day(0), until: Licenses.Day(30))] };
        foreach (var (day, outcome) in ((double, ReadingOutcome)[])[(-1, ReadingOutcome.UnknownKey), (0, ReadingOutcome.Good), (29.9, ReadingOutcome.Good), (30, ReadingOutcome.UnknownKey)])
            Assert.Equal(outcome, TrustVendor.Open(Licenses.Plain with { Issued = OfflineLicense.Keys.ExactText.WholeSeconds(Licenses.Day(day)) }, trust).Outcome);
    }

    private static DocumentReading<TrustDocument> Open(byte[] file) => TrustVendor.Product.Open(file);

    private static OfferedTrust Offered(string name, TrustDocument document, params SigningKey[] roots) => new(name, TrustVendor.Sign(document, roots));
}
