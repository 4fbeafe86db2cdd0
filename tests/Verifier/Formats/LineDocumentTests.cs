using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Formats;

/// <summary>What replies, time resets, installation requests and trust anchors have in common.</summary>
public sealed class LineDocumentTests
{
    private static readonly Dictionary<string, (string Text, Func<string, string> Reprint)> Documents = new(StringComparer.Ordinal)
    {
        ["reply"] = (ReplyFormat.Print(Examples.Reply), static text => ReplyFormat.Print(ReplyFormat.Parse(text))),
        ["reset"] = (TimeReset.Print(Examples.Reset), static text => TimeReset.Print(TimeReset.Parse(text))),
        ["request"] = (
            InstallationRequest.Print(new InstallationRequest { Product = "openvidu-pro", Key = TestKeys.Installation.VerifierKey.WithName(TestKeys.InstallationName) }),
            static text => InstallationRequest.Print(InstallationRequest.Parse(text))),
        ["anchors"] = (TrustAnchors.Print(Examples.Anchors), static text => TrustAnchors.Print(TrustAnchors.Parse(text))),
    };

    public static TheoryData<string> Kinds => [.. Documents.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_was_printed_reads_back_and_prints_the_same(string kind)
    {
        var (text, reprint) = Documents[kind];
        Assert.Equal(text, reprint(text));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_line_that_is_missing_doubled_or_out_of_order_is_refused(string kind)
    {
        // These may stand any number of times, or a number of times that one less still is.
        string[] several = ["used", "ledger", "license"];
        var lines = Documents[kind].Text.Split('\n');
        for (var i = 0; i < lines.Length - 1; i++)
        {
            var key = lines[i].Split(' ')[0];
            Refused(kind, [.. lines[..i], lines[i], .. lines[i..]], i + 2);
            if (!several.Contains(key, StringComparer.Ordinal)) Refused(kind, [.. lines[..i], .. lines[(i + 1)..]], i + 1);
            // A ledger's line may stand where the first line of use should, so that only the next one is wrong.
            if (i + 2 < lines.Length && lines[i + 1].Split(' ')[0] != key) Refused(kind, [.. lines[..i], lines[i + 1], lines[i], .. lines[(i + 2)..]], key == "used" ? i + 2 : i + 1);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_line_in_another_spelling_is_refused_where_it_stands(string kind)
    {
        var lines = Documents[kind].Text.Split('\n');
        for (var i = 0; i < lines.Length - 1; i++)
        {
            string[] spellings = [lines[i] + " ", lines[i] + "\r", " " + lines[i], "\n" + lines[i], "# why\n" + lines[i], lines[i].Replace(" ", "  ", StringComparison.Ordinal)];
            foreach (var spelling in spellings)
            {
                if (spelling != lines[i]) Refused(kind, [.. lines[..i], spelling, .. lines[(i + 1)..]], i + 1);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_text_cut_off_anywhere_or_longer_is_refused(string kind)
    {
        var (text, reprint) = Documents[kind];
        // Whole lines may be missing at the end of these two, which are lists there.
        var cuts = kind is "reply" or "anchors" ? text[..^1].LastIndexOf('\n') + 2 : 0;
        for (var length = cuts; length < text.Length; length++)
            Assert.Throws<DocumentFormatException>(() => reprint(text[..length]));
        Assert.Throws<DocumentFormatException>(() => reprint(text + "\n"));
        Assert.Throws<DocumentFormatException>(() => reprint(text + "colour blue\n"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_later_version_is_told_from_another_file(string kind)
    {
        var (text, reprint) = Documents[kind];
        Assert.True(Assert.Throws<DocumentFormatException>(() => reprint(Replace(text, "/v1\n", "/v2\n"))).NeedsNewerVersion);
        Assert.False(Assert.Throws<DocumentFormatException>(() => reprint(Replace(text, "/v1\n", "/v1.1\n"))).NeedsNewerVersion);
        Assert.False(Assert.Throws<DocumentFormatException>(() => reprint("offline-license/tale/v2\n")).NeedsNewerVersion);
    }

    [Theory]
    [InlineData("number 7", "number 0", 4)]
    [InlineData("number 7", "number 07", 4)]
    [InlineData("number 7", "number +7", 4)]
    [InlineData("number 7", "number 9007199254740992", 4)]
    [InlineData("licensee Acme Telemedicine", "licensee ", 3)]
    [InlineData("time 2026-12-01T08:30:00Z", "time 2026-02-30T08:30:00Z", 5)]
    [InlineData(" 86400 691200", " 86400", 6)]
    [InlineData(" 86400 691200", " 86400 691200 1", 6)]
    [InlineData(" 86400 691200", " 86400 -1", 6)]
    [InlineData("used 01JDA7X0R3Q8N5V2K6T9W4M1ZC", "used 01JDA7X0R3Q8N5V2K6T9W4M1ZI", 6)]
    [InlineData(" 4 CsUY", " 0 CsUY", 7)]
    [InlineData("q2I=", "q2J=", 7)]
    [InlineData("q2I=", "q2I", 7)]
    [InlineData("dhrxovfyzktgivns", "dhrxovfyzktgivnS", 7)]
    public void A_reply_with_a_wrong_value_is_refused_where_it_stands(string old, string changed, int line) =>
        Assert.Equal(line, Assert.Throws<DocumentFormatException>(() => ReplyFormat.Parse(Replace(Documents["reply"].Text, old, changed))).Line);

    [Fact]
    public void A_reply_out_of_order_or_with_a_ledger_twice_is_not_signed()
    {
        var ledger = Examples.Reply.Ledgers[0];
        var lower = ledger with { Ledger = OfflineLicense.Keys.InstallationName.OfLedger(TestKeys.InstallationName, new byte[10]) };
        Assert.Throws<ArgumentException>(() => (Examples.Reply with { Ledgers = [ledger, ledger] }).Sign(TestKeys.Reply));
        Assert.Throws<ArgumentException>(() => (Examples.Reply with { Ledgers = [ledger, lower] }).Sign(TestKeys.Reply));
        Assert.NotEmpty((Examples.Reply with { Ledgers = [lower, ledger] }).Sign(TestKeys.Reply));
    }

    [Fact]
    public void A_reply_of_30000_ledgers_is_read_and_each_is_found()
    {
        var ledgers = Enumerable.Range(0, 30_000)
            .Select(static i => new ReplyLedger(
                OfflineLicense.Keys.InstallationName.OfLedger(TestKeys.InstallationName, [.. BitConverter.GetBytes(i), 0, 0, 0, 0, 0, 0]), i + 1, Examples.Reply.Ledgers[0].Root))
            .OrderBy(static ledger => ledger.Ledger, StringComparer.Ordinal).ToArray();
        var file = (Examples.Reply with { Ledgers = ledgers }).Sign(TestKeys.Reply);
        var reply = Reply.Open(file, [TestKeys.Reply.VerifierKey]).Document!;
        Assert.All(ledgers.Where(static (_, i) => i % 100 == 0), ledger => Assert.Equal(ledger, reply.Find(ledger.Ledger)));
        Assert.Null(reply.Find(TestKeys.LedgerName));
    }

    [Fact]
    public void A_reply_counts_when_a_key_that_the_license_names_signed_it()
    {
        Assert.Equal(Examples.Reply, Reply.Open(Examples.Reply.Sign(TestKeys.Reply), [Examples.License], TestKeys.Trust).Document);
        Assert.Equal(ReadingOutcome.UnknownKey, Reply.Open(Examples.Reply.Sign(TestKeys.License), [Examples.License], TestKeys.Trust).Outcome);
        Assert.Empty(TestKeys.Trust.ReplyKeysFor(Examples.SmallestLicense));
    }

    [Fact]
    public void A_reset_counts_only_by_a_license_key()
    {
        Assert.Equal(Examples.Reset, TimeReset.Open(Examples.Reset.Sign(TestKeys.License), TestKeys.Trust).Document);
        Assert.Equal(ReadingOutcome.UnknownKey, TimeReset.Open(Examples.Reset.Sign(TestKeys.Reply), TestKeys.Trust).Outcome);
        Assert.Equal(ReadingOutcome.Malformed, TimeReset.Open(Examples.Sign(Examples.License), TestKeys.Trust).Outcome);
    }

    [Fact]
    public void A_request_proves_itself_and_nobody_elses_name()
    {
        var file = InstallationRequest.Sign("openvidu-pro", TestKeys.Installation);
        var request = InstallationRequest.Open(file).Document!;
        Assert.Equal(TestKeys.InstallationName, request.Installation);
        Assert.Equal("openvidu-pro", request.Product);

        // A thief with a key of his own under the name of another installation.
        var thief = TestKeys.Of("thief").WithName(TestKeys.InstallationName);
        var text = Documents["request"].Text;
        var stolen = Replace(text, text.Split("key ")[1].TrimEnd('\n'), thief.VerifierKey.ToString());
        Assert.Equal(ReadingOutcome.Malformed, InstallationRequest.Open(SignedNote.Sign(stolen, thief)).Outcome);
        // The right text, signed by another.
        Assert.Equal(ReadingOutcome.UnknownKey, InstallationRequest.Open(SignedNote.Sign(text, thief)).Outcome);
        Assert.Throws<ArgumentException>(() => InstallationRequest.Sign("No Product", TestKeys.Installation));
    }

    [Fact]
    public void Every_change_of_a_byte_of_a_request_is_refused()
    {
        var file = InstallationRequest.Sign("openvidu-pro", TestKeys.Installation);
        for (var i = 0; i < file.Length; i++)
        {
            var changed = (byte[])file.Clone();
            changed[i] ^= 1;
            var reading = InstallationRequest.Open(changed);
            Assert.True(reading.Document is null && reading.Reason.Length > 0, Encoding.UTF8.GetString(changed));
        }
    }

    [Fact]
    public void Anchors_give_the_trust_that_they_list()
    {
        var anchors = TrustAnchors.Parse(TrustAnchors.Print(Examples.Anchors));
        Assert.Equal(Examples.Anchors, anchors);
        Assert.Equal([TestKeys.License.VerifierKey, TestKeys.OtherLicense.VerifierKey], anchors.ToTrust().LicenseKeys);
    }

    [Fact]
    public void Anchors_with_roots_give_a_trust_that_no_license_key_is_in_yet()
    {
        var anchors = TrustAnchors.Parse(TrustAnchors.Print(Examples.RootedAnchors));
        Assert.Equal(Examples.RootedAnchors, anchors);
        Assert.True(anchors.ToTrust().IsRooted);
        Assert.Empty(anchors.ToTrust().LicenseKeys);
    }

    [Theory]
    [InlineData("quorum 2", "quorum 3")]
    [InlineData("quorum 2", "quorum 0")]
    [InlineData("quorum 2\n", "")]
    [InlineData("quorum 2", "quorum 02")]
    public void Anchors_with_a_quorum_that_no_roots_reach_are_refused(string old, string changed) =>
        Assert.Throws<DocumentFormatException>(() => TrustAnchors.Parse(Replace(TrustAnchors.Print(Examples.RootedAnchors), old, changed)));

    private static void Refused(string kind, string[] lines, int line)
    {
        var text = string.Join('\n', lines);
        var exception = Assert.Throws<DocumentFormatException>(() => Documents[kind].Reprint(text));
        Assert.True(line == exception.Line, $"{exception.Message}\n{text}");
    }

    private static string Replace(string text, string old, string changed)
    {
        Assert.Contains(old, text, StringComparison.Ordinal);
        return text.Replace(old, changed, StringComparison.Ordinal);
    }
}
