using System.Globalization;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Formats;

public sealed class LicenseFormatTests
{
    private static readonly string Text = LicenseFormat.Print(Examples.License);

    // The number of each line of the text.
    public static TheoryData<int> Lines => [.. Enumerable.Range(1, Text.Split('\n').Length - 1)];

    public static TheoryData<string> Licenses => [.. Examples.Licenses.Keys];

    [Theory]
    [MemberData(nameof(Licenses))]
    public void What_was_printed_reads_back_to_an_equal_license(string name)
    {
        var license = Examples.Licenses[name];
        var read = LicenseFormat.Parse(LicenseFormat.Print(license));
        Assert.Equal(license, read);
        Assert.Equal(LicenseFormat.Print(license), LicenseFormat.Print(read));
    }

    [Fact]
    public void A_license_that_says_little_means_what_the_table_of_defaults_says()
    {
        var license = LicenseFormat.Parse(LicenseFormat.Print(Examples.SmallestLicense));
        Assert.Null(license.Replaces);
        Assert.Null(license.Until);
        Assert.Null(license.BuildsUntil);
        Assert.Equal("production", license.PurposeInForce);
        Assert.Equal((14, 0, 14), (license.GraceDays, license.GraceEarn, license.GraceLimit));
        Assert.Equal(new LicenseQuota(), license.Quota);
        Assert.Equal(QuotaPeriod.Term, license.QuotaPeriodInForce);
        Assert.Equal(OverageRule.Grace, license.OverageInForce);
        Assert.Equal(EnforcementRule.Enforced, license.EnforcementInForce);
        Assert.Equal(TimeSpan.FromMinutes(5), license.ReceiptInterval);
        Assert.Null(license.MailInterval);
        Assert.Equal((0, 0), (license.NeededTrust, license.NeededReply));
        Assert.Empty(license.Installations);
        Assert.Empty(license.Features);
        Assert.Empty(license.Hints);
        Assert.Empty(license.Notes);
    }

    [Fact]
    public void A_grace_limit_that_is_not_written_is_the_days_that_are()
    {
        var license = Examples.SmallestLicense with { Grace = new LicenseGrace { Days = 30 } };
        Assert.Equal(30, license.GraceLimit);
    }

    [Fact]
    public void Two_licenses_are_equal_when_their_lists_and_maps_are()
    {
        var rebuilt = Examples.License with
        {
            Installations = [.. Examples.License.Installations],
            Features = new Dictionary<string, string>(Examples.License.Features, StringComparer.Ordinal),
            Receipts = Examples.License.Receipts! with { RepliesBy = [.. Examples.License.Receipts!.RepliesBy] },
        };
        Assert.Equal(Examples.License, rebuilt);
        Assert.Equal(Examples.License.GetHashCode(), rebuilt.GetHashCode());
        Assert.NotEqual(Examples.License, rebuilt with { Installations = [] });
    }

    [Fact]
    public void A_list_that_changes_after_it_was_handed_in_does_not_change_the_license()
    {
        var installations = new List<string> { TestKeys.InstallationName };
        var license = Examples.SmallestLicense with { Installations = installations };
        installations.Clear();
        Assert.Equal([TestKeys.InstallationName], license.Installations);
    }

    [Theory]
    [InlineData("id")]
    [InlineData("product")]
    [InlineData("licensee")]
    [InlineData("issued")]
    [InlineData("term")]
    [InlineData("quota")]
    public void A_required_key_that_is_missing_is_named(string key)
    {
        var text = Without(LicenseFormat.Print(Examples.SmallestLicense), key);
        var exception = Assert.Throws<DocumentFormatException>(() => LicenseFormat.Parse(text));
        Assert.Equal($"the key '{key}' is missing", exception.Reason);
        Assert.Equal(1, exception.Line);
    }

    [Fact]
    public void A_term_without_a_beginning_is_refused_where_the_term_stands()
    {
        var exception = Refused("  from: 2026-11-22T00:00:00Z\n", "");
        Assert.Equal("the key 'term.from' is missing", exception.Reason);
        Assert.Equal(9, exception.Line);
    }

    // A line that is repeated is a key that stands twice, or an item of a list that does.
    [Theory]
    [MemberData(nameof(Lines))]
    public void A_line_that_stands_twice_is_refused(int line)
    {
        var lines = Text.Split('\n').ToList();
        lines.Insert(line, lines[line - 1]);
        var exception = Assert.Throws<DocumentFormatException>(() => LicenseFormat.Parse(string.Join('\n', lines)));
        Assert.Equal(line + 1, exception.Line);
        Assert.False(exception.NeedsNewerVersion);
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_line_that_changed_places_with_the_next_is_refused(int line)
    {
        var lines = Text.Split('\n');
        (lines[line - 1], lines[line]) = (lines[line], lines[line - 1]);
        var exception = Assert.Throws<DocumentFormatException>(() => LicenseFormat.Parse(string.Join('\n', lines)));
        Assert.InRange(exception.Line, 1, line + 2);
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_line_in_another_layout_is_refused_where_it_stands(int line)
    {
        string[] layouts = ["{0} ", "{0}\t", " {0}", "\t{0}", "{0} # why", "\n{0}", "# why\n{0}", "{0}\r"];
        foreach (var layout in layouts)
        {
            var lines = Text.Split('\n');
            lines[line - 1] = string.Format(CultureInfo.InvariantCulture, layout, lines[line - 1]);
            var exception = Assert.Throws<DocumentFormatException>(() => LicenseFormat.Parse(string.Join('\n', lines)));
            Assert.Equal(line, exception.Line);
        }
    }

    [Theory]
    [InlineData("colour: blue\n", "product: openvidu-pro\n", "unknown key 'colour'", 4)]
    [InlineData("  gpus: 4\n", "  node-cores: 16\n", "unknown key 'quota.gpus'", 21)]
    [InlineData("  hours: 4\n", "  earn: 1\n", "unknown key 'grace.hours'", 14)]
    [InlineData("  since: 4\n", "  until: 2027-11-22T00:00:00Z\n", "unknown key 'term.since'", 10)]
    public void An_unknown_key_says_that_the_product_is_older_than_the_license(string key, string before, string reason, int line)
    {
        var exception = Refused(before, key + before);
        Assert.True(exception.NeedsNewerVersion);
        Assert.Equal(reason, exception.Reason);
        Assert.Equal(line, exception.Line);
    }

    [Fact]
    public void A_later_version_of_the_format_says_that_the_product_is_older_than_the_license()
    {
        var exception = Refused("license/v1", "license/v2");
        Assert.True(exception.NeedsNewerVersion);
        Assert.Equal(1, exception.Line);
    }

    [Theory]
    [InlineData("format: offline-license/trust/v1")]
    [InlineData("format: offline-license/license/v")]
    [InlineData("format: offline-license/license/v01")]
    [InlineData("format: \"offline-license/license/v1\"")]
    [InlineData("Format: offline-license/license/v1")]
    [InlineData("")]
    public void Another_first_line_is_another_file(string firstLine)
    {
        var exception = Refused("format: offline-license/license/v1", firstLine);
        Assert.False(exception.NeedsNewerVersion);
        Assert.Equal(1, exception.Line);
    }

    [Theory]
    [InlineData("id: 01JDA7X0R3Q8N5V2K6T9W4M1ZC", "id: 01jda7x0r3q8n5v2k6t9w4m1zc", 2)]
    [InlineData("id: 01JDA7X0R3Q8N5V2K6T9W4M1ZC", "id: 81JDA7X0R3Q8N5V2K6T9W4M1ZC", 2)]
    [InlineData("id: 01JDA7X0R3Q8N5V2K6T9W4M1ZC", "id: 01JDA7X0R3Q8N5V2K6T9W4M1Z", 2)]
    [InlineData("id: 01JDA7X0R3Q8N5V2K6T9W4M1ZC", "id: \"01JDA7X0R3Q8N5V2K6T9W4M1ZC\"", 2)]
    [InlineData("replaces: 01JC0000000000000000000000", "replaces: 01JDA7X0R3Q8N5V2K6T9W4M1ZC", 3)]
    [InlineData("product: openvidu-pro", "product: OpenVidu", 4)]
    [InlineData("product: openvidu-pro", "product: \"../etc\"", 4)]
    [InlineData("product: openvidu-pro", "product: \"openvidu-pro\"", 4)]
    [InlineData("licensee: Acme Telemedicine", "licensee: \"Acme Telemedicine\"", 5)]
    [InlineData("licensee: Acme Telemedicine", "licensee: \"\"", 5)]
    [InlineData("licensee: Acme Telemedicine", "licensee: \"Acme\\nTelemedicine\"", 5)]
    [InlineData("licensee: Acme Telemedicine", "licensee: \" Acme\"", 5)]
    [InlineData("licensee: Acme Telemedicine", "licensee:\n  name: Acme", 6)]
    [InlineData("purpose: production", "purpose: Production", 6)]
    [InlineData("issued: 2026-11-22T10:00:00Z", "issued: 2026-02-30T10:00:00Z", 7)]
    [InlineData("issued: 2026-11-22T10:00:00Z", "issued: 2026-11-22T10:00:00+00:00", 7)]
    [InlineData("issued: 2026-11-22T10:00:00Z", "issued: 2026-11-22T11:00:00+01:00", 7)]
    [InlineData("issued: 2026-11-22T10:00:00Z", "issued: 2026-11-22T10:00:00.0Z", 7)]
    [InlineData("issued: 2026-11-22T10:00:00Z", "issued: 2026-11-22T10:00:60Z", 7)]
    [InlineData("issued: 2026-11-22T10:00:00Z", "issued: 2026-11-22 10:00:00Z", 7)]
    [InlineData("issued: 2026-11-22T10:00:00Z", "issued: 2026-11-22", 7)]
    [InlineData("issued: 2026-11-22T10:00:00Z", "issued: 1969-12-31T23:59:59Z", 7)]
    [InlineData("  until: 2027-11-22T00:00:00Z", "  until: 2026-11-22T00:00:00Z", 10)]
    [InlineData("term:\n  from: 2026-11-22T00:00:00Z\n  until: 2027-11-22T00:00:00Z", "term: {from: 2026-11-22T00:00:00Z}", 8)]
    [InlineData("days: 14", "days: +5", 13)]
    [InlineData("days: 14", "days: 05", 13)]
    [InlineData("days: 14", "days: 3651", 13)]
    [InlineData("days: 14", "days: 1.0", 13)]
    [InlineData("days: 14", "days: 0x1", 13)]
    [InlineData("days: 14", "days: \"14\"", 13)]
    [InlineData("limit: 60", "limit: 13", 15)]
    [InlineData("per: term", "per: week", 17)]
    [InlineData("  cores: 64", "  cores: 0", 18)]
    [InlineData("node-minutes: 1051200", "node-minutes: 9007199254740992", 19)]
    [InlineData("node-minutes: 1051200", "node-minutes: 99999999999999999999", 19)]
    [InlineData("overage: grace", "overage: Grace", 22)]
    [InlineData("overage: grace", "overage: 1", 22)]
    [InlineData("enforcement: enforced", "enforcement: none", 23)]
    [InlineData("  every: 5m", "  every: 7m", 25)]
    [InlineData("  every: 5m", "  every: 2h", 25)]
    [InlineData("  every: 5m", "  every: 0s", 25)]
    [InlineData("  every: 5m", "  every: 05m", 25)]
    [InlineData("  every: 5m", "  every: 5", 25)]
    [InlineData("  every: 5m", "  every: 5M", 25)]
    [InlineData("mail-every: 90d", "mail-every: 3651d", 26)]
    [InlineData("mail-every: 90d", "mail-every: 9999999999d", 26)]
    [InlineData("+c4895e45+", "+c4895e46+", 28)]
    [InlineData("- vendor.example/replies", "- \".vendor.example/replies", 28)]
    [InlineData("trust: 3", "trust: 0", 30)]
    [InlineData("reply: 7", "reply: 0", 31)]
    [InlineData("  - offline-license/msap2il6bslmwpvjjzzzhg7uvu", "  - offline-license/msap2il6bslmwpvjjzzzhg7uvv", 33)]
    [InlineData("installations:\n  - offline-license/msap2il6bslmwpvjjzzzhg7uvu", "installations: {}", 32)]
    [InlineData("installations:\n  - offline-license/msap2il6bslmwpvjjzzzhg7uvu", "installations: []", 32)]
    [InlineData("installations:\n  - offline", "installations:\n- offline", 33)]
    [InlineData("recording: \"true\"", "recording: true", 35)]
    [InlineData("recording: \"true\"", "recording: 'true'", 35)]
    [InlineData("recording: \"true\"", "recording: |\n    true", 35)]
    [InlineData("recording: \"true\"", "recording: \"\\u0074rue\"", 35)]
    [InlineData("recording: \"true\"", "recording: &a true", 35)]
    [InlineData("recording: \"true\"", "recording: *a", 35)]
    [InlineData("recording: \"true\"", "recording: !!str true", 35)]
    [InlineData("recording: \"true\"", "\"9th\": \"true\"", 35)]
    [InlineData("recording: \"true\"", "recording: \"true\"\n  audio: \"true\"", 35)]
    public void A_value_that_is_wrong_or_spelled_otherwise_is_refused_where_it_stands(string old, string changed, int line)
    {
        var exception = Refused(old, changed);
        Assert.False(exception.NeedsNewerVersion, exception.Message);
        Assert.Equal(line, exception.Line);
    }

    [Theory]
    [InlineData("notes:\n  order: A-1027\n", "notes: {}\n", 38)]
    [InlineData("needs:\n  trust: 3\n  reply: 7\n", "needs: {}\n", 29)]
    [InlineData("order: A-1027\n", "order: A-1027\n...\n", 40)]
    [InlineData("order: A-1027\n", "order: A-1027\n---\na: b\n", 40)]
    [InlineData("order: A-1027\n", "order: A-1027\n\n", 40)]
    [InlineData("order: A-1027\n", "order: A-1027", 39)]
    public void What_could_be_left_out_is_left_out(string old, string changed, int line) => Assert.Equal(line, Refused(old, changed).Line);

    [Fact]
    public void The_message_shows_both_spellings()
    {
        var exception = Refused("days: 14", "days: \"14\"");
        Assert.Contains("14", exception.Reason, StringComparison.Ordinal);
        exception = Refused("recording: \"true\"", "recording: \"true\"\n  audio: \"true\"");
        Assert.Equal("'  audio: \"true\"' belongs here, and not '  recording: \"true\"'", exception.Reason);
    }

    [Fact]
    public void A_text_may_have_1024_bytes_and_not_one_more()
    {
        var longest = new string('é', 512);
        LicenseFormat.Parse(WithNote(longest));
        Assert.Throws<DocumentFormatException>(() => LicenseFormat.Parse(WithNote(longest + "a")));

        static string WithNote(string text) => LicenseFormat.Print(Examples.SmallestLicense with
        {
            Notes = new Dictionary<string, string>(StringComparer.Ordinal) { ["n"] = text },
        });
    }

    [Fact]
    public void A_licensee_may_have_200_characters_and_not_one_more()
    {
        LicenseFormat.Parse(LicenseFormat.Print(Examples.SmallestLicense with { Licensee = new string('東', 200) }));
        Assert.Throws<DocumentFormatException>(
            () => LicenseFormat.Parse(LicenseFormat.Print(Examples.SmallestLicense with { Licensee = new string('東', 201) })));
    }

    [Theory]
    [InlineData("1s", 1)]
    [InlineData("90d", 90 * 86_400)]
    [InlineData("24h", 86_400)]
    [InlineData("300s", 300)]
    [InlineData("3650d", 3650L * 86_400)]
    public void A_duration_remembers_how_it_was_written(string text, long seconds)
    {
        Assert.Equal(text, Duration.Parse(text).ToString());
        Assert.Equal(TimeSpan.FromSeconds(seconds), Duration.Parse(text).Value);
    }

    private static DocumentFormatException Refused(string old, string changed)
    {
        Assert.Contains(old, Text, StringComparison.Ordinal);
        var text = Text.Replace(old, changed, StringComparison.Ordinal);
        return Assert.Throws<DocumentFormatException>(() => LicenseFormat.Parse(text));
    }

    // The key's line and what is indented under it.
    private static string Without(string text, string key)
    {
        var lines = text.Split('\n').ToList();
        var index = lines.FindIndex(line => line.StartsWith($"{key}:", StringComparison.Ordinal));
        do lines.RemoveAt(index);
        while (lines[index].StartsWith(' '));
        return string.Join('\n', lines);
    }
}
