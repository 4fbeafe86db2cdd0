using OfflineLicense.Keys;
using OfflineLicense.Tests.Verifier.Formats;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using Xunit;

namespace OfflineLicense.Tests.Attacks;

/// <summary>
/// Every signed thing, by every key, offered to every place that verifies one: only the right combinations are good. So a
/// key that is stolen from one place opens no other, and a file of one kind is never taken for another.
/// </summary>
public sealed class RightPlaceTests
{
    private static readonly Dictionary<string, SigningKey> Keys = new(StringComparer.Ordinal)
    {
        ["root"] = TrustVendor.A,
        ["license"] = Licenses.Key,
        ["reply"] = TrustVendor.ReplyKey,
        ["installation"] = TestKeys.Installation.WithName(TestKeys.InstallationName),
        ["stranger"] = Licenses.KeyOf("vendor.example/licenses/test", 99),
    };

    private static readonly License License = Licenses.Plain with { Receipts = new LicenseReceipts { RepliesBy = [TrustVendor.ReplyKey.VerifierKey.ToString()] } };

    private static readonly Dictionary<string, string> Texts = new(StringComparer.Ordinal)
    {
        ["trust"] = TrustFormat.Print(TrustVendor.First with { Version = 2 }),
        ["license"] = LicenseFormat.Print(License),
        ["reset"] = TimeReset.Print(Examples.Reset),
        ["reply"] = ReplyFormat.Print(Examples.Reply with { Licensee = License.Licensee }),
        ["request"] = InstallationRequest.Print(new InstallationRequest { Product = Licenses.Product, Key = Keys["installation"].VerifierKey }),
        ["checkpoint"] = $"{TestKeys.LedgerName}\n4\n{Examples.Reset.Ledgers[0].Root}\n",
        ["plain"] = "just a text\n",
    };

    // A quorum of one, so that one key is all that a thing takes.
    private static readonly Trust Held = Trust.Rooted(1, TrustVendor.A.VerifierKey.ToString()).With(TrustVendor.First);

    private static readonly Dictionary<string, Func<byte[], bool>> Places = new(StringComparer.Ordinal)
    {
        ["trust"] = static file => Held.Open(file).Document is not null,
        ["license"] = static file => SignedLicense.Open(file, Held).Outcome == ReadingOutcome.Good,
        ["reset"] = static file => TimeReset.Open(file, Held).Document is not null,
        ["reply"] = static file => Reply.Open(file, [License], Held).Document is not null,
        ["request"] = static file => InstallationRequest.Open(file).Document is not null,
    };

    private static readonly HashSet<(string Text, string Key, string Place)> Right =
    [
        ("trust", "root", "trust"),
        ("license", "license", "license"),
        ("reset", "license", "reset"),
        ("reply", "reply", "reply"),
        ("request", "installation", "request"),
    ];

    public static TheoryData<string, string, string> Table()
    {
        var table = new TheoryData<string, string, string>();
        foreach (var text in Texts.Keys)
        {
            foreach (var key in Keys.Keys)
            {
                foreach (var place in Places.Keys)
                    table.Add(text, key, place);
            }
        }

        return table;
    }

    [Theory]
    [MemberData(nameof(Table))]
    public void A_thing_is_good_by_the_right_key_at_the_right_place_alone(string text, string key, string place) =>
        Assert.Equal(Right.Contains((text, key, place)), Places[place](SignedNote.Sign(Texts[text], Keys[key])));

    [Fact]
    public void A_reply_counts_by_the_document_s_keys_where_the_license_names_none()
    {
        var file = (Examples.Reply with { Licensee = Licenses.Licensee }).Sign(TrustVendor.ReplyKey);
        Assert.NotNull(Reply.Open(file, [Licenses.Plain], Held).Document);
        Assert.Null(Reply.Open(file, [Licenses.Plain], TrustVendor.Product).Document);
        var ended = TrustVendor.First with { Keys = [TrustVendor.Signs(TrustVendor.ReplyKey, TrustedRole.Reply, until: Examples.Reply.Time)] };
        Assert.Equal(ReadingOutcome.UnknownKey, Reply.Open(file, [Licenses.Plain], TrustVendor.Holding(ended)).Outcome);
        Assert.Equal(ReadingOutcome.UnknownKey, Reply.Open(file, [License], TrustVendor.Holding(ended)).Outcome);
        // Named by no document, a license's own key counts.
        Assert.NotNull(Reply.Open(file, [License], TrustVendor.Holding(ended with { Keys = [] })).Document);
    }

    [Fact]
    public void A_reset_by_a_stolen_key_lets_no_time_go_back() =>
        Assert.Equal(ReadingOutcome.Revoked, TimeReset.Open(Examples.Reset.Sign(Licenses.Key), TrustVendor.Holding(TrustVendor.WithoutStolenKey())).Outcome);
}
