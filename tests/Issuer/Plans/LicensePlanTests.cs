using OfflineLicense.Issuer.Plans;
using OfflineLicense.Verifier.Formats;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Plans;

public sealed class LicensePlanTests
{
    private const string Id = "01JDA7X0R3Q8N5V2K6T9W4M1ZC";
    private static readonly DateTimeOffset s_issued = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_key_as_long_as_a_file_is_no_misspelled_one_and_not_compared() =>
        Assert.Null(NearestKey.Of(new string('a', 60_000) + ".cores"));

    [Fact]
    public void A_license_is_changed_whatever_its_texts_are()
    {
        const string licensee = "Acme [[[[[[[[[[[[ {{{{{{{{{{{{";
        var signed = LicenseFormat.Print(FleetVendor.Plan(1) with { Licensee = licensee });
        Assert.Equal(licensee, Assert.Single(LicensePlan.OfSigned(signed, "the license")["licensee"]).Text);
    }

    [Fact]
    public void A_plan_with_every_key_becomes_the_license_of_the_design()
    {
        var text = TextOf("""
            # any YAML: comments, any order, flow style
            notes: {order: A-1027}
            features:
              recording: "true"
            quota: {per: term, cores: 64, node-minutes: 1_051_200, core-minutes: 33_638_400, node-cores: 16}
            product: openvidu-pro
            licensee: Acme Telemedicine
            purpose: 'production'
            replaces: 01JC0000000000000000000000
            term: {from: 2026-11-22, days: 365}
            builds-until: 2027-11-22
            grace: {limit: 60, earn: 1, days: 14}
            overage: grace
            enforcement: enforced
            receipts: {every: 5m, mail-every: 90d}
            needs: {trust: 3, reply: 7}
            installations: [offline-license/mfrggzdfmztwq2lknnwg23tpoa]
            hints: {region: eu}
            """);
        Assert.Equal("""
            format: offline-license/license/v1
            id: 01JDA7X0R3Q8N5V2K6T9W4M1ZC
            replaces: 01JC0000000000000000000000
            product: openvidu-pro
            licensee: Acme Telemedicine
            purpose: production
            issued: 2026-11-22T10:00:00Z
            term:
              from: 2026-11-22T00:00:00Z
              until: 2027-11-22T00:00:00Z
            builds-until: 2027-11-22T00:00:00Z
            grace:
              days: 14
              earn: 1
              limit: 60
            quota:
              per: term
              cores: 64
              node-minutes: 1051200
              core-minutes: 33638400
              node-cores: 16
            overage: grace
            enforcement: enforced
            receipts:
              every: 5m
              mail-every: 90d
            needs:
              trust: 3
              reply: 7
            installations:
              - offline-license/mfrggzdfmztwq2lknnwg23tpoa
            features:
              recording: "true"
            hints:
              region: eu
            notes:
              order: A-1027

            """, text);
    }

    [Fact]
    public void The_smallest_plan_is_a_perpetual_license_from_today_on()
    {
        Assert.Equal("""
            format: offline-license/license/v1
            id: 01JDA7X0R3Q8N5V2K6T9W4M1ZC
            product: p
            licensee: Acme
            issued: 2026-11-22T10:00:00Z
            term:
              from: 2026-11-22T00:00:00Z
            quota: {}

            """, TextOf("product: p\nlicensee: Acme\nquota: {}\n"));
    }

    [Theory]
    [InlineData("quota:\n  core: 4", "line 4 of plan.yaml: 'quota.core' is no key of a license", "did you mean 'quota.cores'?")]
    [InlineData("cores: 4", "line 3 of plan.yaml: 'cores' is no key of a license", "did you mean 'quota.cores'?")]
    [InlineData("untill: 2027-01-01", "line 3 of plan.yaml: 'untill' is no key of a license", "did you mean 'term.until'?")]
    [InlineData("colour: red", "line 3 of plan.yaml: 'colour' is no key of a license", "plans/sample.yaml has every key, explained")]
    [InlineData("id: 01JDA7X0R3Q8N5V2K6T9W4M1ZC", "line 3 of plan.yaml: 'id' is filled in when the license is signed; leave it out", null)]
    [InlineData("quota:", "line 3 of plan.yaml: 'quota' is no map of keys and values; for a license without limits write 'quota: {}'", null)]
    [InlineData("quota: 5", "line 3 of plan.yaml: 'quota' is no map of keys and values; for a license without limits write 'quota: {}'", null)]
    [InlineData("quota:\n  cores: [1]", "line 4 of plan.yaml: 'quota.cores' is no single value", null)]
    [InlineData("quota:\n  cores: many", "line 4 of plan.yaml: 'quota.cores' is no whole number from 1 to 9007199254740991: 'many'", null)]
    [InlineData("quota:\n  cores: -1", "line 4 of plan.yaml: 'quota.cores' cannot be '-1'", null)]
    [InlineData("quota:\n  cores:", "line 4 of plan.yaml: 'quota.cores' has no value; write one, or leave the key out", null)]
    [InlineData("quota:\n  cores: 1__0", "line 4 of plan.yaml: 'quota.cores' is no whole number from 1 to 9007199254740991: '1__0'", null)]
    [InlineData("quota:\n  per: week", "line 4 of plan.yaml: 'quota.per' is none of term, year, month: 'week'", null)]
    [InlineData("quota: {}\nterm: soon", "line 4 of plan.yaml: 'term' is no map of keys and values", null)]
    [InlineData("quota: {}\nterm:\n  from: 2026-13-01", "line 5 of plan.yaml: 'term.from' is no day such as 2026-12-01 and no time such as 2026-12-01T10:00:00Z: '2026-13-01'", null)]
    [InlineData("quota: {}\nterm:\n  from: 2026-02-30\n  days: 365", "line 5 of plan.yaml: 'term.from' is no day such as 2026-12-01 and no time such as 2026-12-01T10:00:00Z: '2026-02-30'", null)]
    [InlineData("quota: {}\nbuilds-until: tomorrow", "line 4 of plan.yaml: 'builds-until' is no day such as 2026-12-01 and no time such as 2026-12-01T10:00:00Z: 'tomorrow'", null)]
    [InlineData("quota: {}\nterm:\n  until: 2027-12-01T10:00:00+01:00", "line 5 of plan.yaml: 'term.until' is no day such as 2026-12-01 and no time such as 2026-12-01T10:00:00Z: '2027-12-01T10:00:00+01:00'", null)]
    [InlineData("quota: {}\nterm:\n  from: 2026-12-01\n  until: 2026-12-01", "line 6 of plan.yaml: 'term.until' is not later than 'term.from'", null)]
    [InlineData("quota: {}\nterm:\n  days: 3\n  until: 2027-12-01", "line 5 of plan.yaml: 'term.days' stands beside 'term.until'; give one of them", null)]
    [InlineData("quota: {}\nterm:\n  days: 0", "line 5 of plan.yaml: 'term.days' is no whole number from 1 to 36525: '0'", null)]
    [InlineData("quota: {}\nterm:\n  from: 9999-12-01\n  days: 60", "line 6 of plan.yaml: 'term.days' leads past the year 9999", null)]
    [InlineData("quota: {}\ngrace:\n  limit: 3", "line 5 of plan.yaml: 'grace.limit' is less than the days from the start", null)]
    [InlineData("quota: {}\nreceipts:\n  every: 7m", "line 5 of plan.yaml: 'receipts.every' is not from 1s to 1h and a divisor of a day", null)]
    [InlineData("quota: {}\ninstallations: here", "line 4 of plan.yaml: 'installations' is no list", null)]
    [InlineData("quota: {}\ninstallations:\n  - here", "line 5 of plan.yaml: 'installations' names 'here', which is not the name of an installation", null)]
    [InlineData("quota: {}\nfeatures: [a]", "line 4 of plan.yaml: 'features' is no map of names and texts", null)]
    [InlineData("quota: {}\nfeatures:\n  3d: yes", "line 5 of plan.yaml: 'features' has the key '3d', which is not 1 to 64 of A-Z a-z 0-9 . _ - that begin with a letter", null)]
    [InlineData("", "plan.yaml: the key 'quota' is missing",
        "write limits in the plan, or give --cores or others; 'quota: {}' is a license without limits")]
    [InlineData("quota: {}\nquota: {}", "line 4 of plan.yaml: the key 'quota' stands twice", null)]
    public void What_a_plan_gets_wrong_is_told_with_its_line(string rest, string message, string? hint)
    {
        var error = Assert.Throws<PlanException>(() => TextOf($"product: p\nlicensee: Acme\n{rest}\n"));
        Assert.Equal((message, hint), (error.Message, error.Hint));
        Assert.False(error.IsOfFlag);
    }

    [Fact]
    public void A_plan_that_is_no_map_is_refused()
    {
        Assert.Equal("line 1 of plan.yaml: the text is no map of keys and values",
            Assert.Throws<PlanException>(() => LicensePlan.Read("- a\n", "plan.yaml")).Message);
    }

    [Fact]
    public void A_flag_takes_the_place_of_the_files_value_and_names_itself_when_it_is_wrong()
    {
        var plan = LicensePlan.Read("product: p\nlicensee: Acme\nquota: {cores: 4}\nterm: {days: 30}\nfeatures: {a: x, b: y}\n", "plan.yaml")
            .With("quota.cores", new PlanValue("", "8", "--cores"))
            .With("term.until", new PlanValue("", "2027-01-01", "--until"))
            .With("features", new PlanValue("b", "z", "--feature"), new PlanValue("c", "w", "--feature"));
        var license = PlanText.Of(plan, Id, s_issued).License;
        Assert.Equal((8, new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero)), (license.Quota.Cores, license.Until));
        Assert.Equal("a=x b=z c=w", string.Join(' ', license.Features.Select(static entry => $"{entry.Key}={entry.Value}")));
        var error = Assert.Throws<PlanException>(() => PlanText.Of(plan.With("quota.cores", new PlanValue("", "no", "--cores")), Id, s_issued));
        Assert.True(error.IsOfFlag);
        Assert.StartsWith("--cores: 'quota.cores' is no whole number", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_preset_is_written_out_as_plain_keys_and_what_the_plan_says_itself_goes_before()
    {
        Assert.Equal("""
            format: offline-license/license/v1
            id: 01JDA7X0R3Q8N5V2K6T9W4M1ZC
            product: p
            licensee: Acme
            purpose: evaluation
            issued: 2026-11-22T10:00:00Z
            term:
              from: 2026-11-22T00:00:00Z
            grace:
              days: 0
              earn: 0
              limit: 2
            quota:
              cores: 4
            overage: refuse
            enforcement: enforced

            """, TextOf("product: p\nlicensee: Acme\npreset: trial\npurpose: evaluation\nquota: {cores: 4}\ngrace: {limit: 2}\n"));
    }

    [Fact]
    public void Every_preset_makes_a_license_and_stands_in_the_README_with_what_it_means()
    {
        var readme = File.ReadAllText(Path.Combine(ReadmeFolder(), "README.md"));
        foreach (var preset in PlanPreset.All)
        {
            var license = PlanText.Of(LicensePlan.Read($"product: p\nlicensee: Acme\nquota: {{}}\npreset: {preset.Name}\n", "plan.yaml"), Id, s_issued).License;
            Assert.Equal(preset.Name == "advisory", license.EnforcementInForce == OfflineLicense.Verifier.EnforcementRule.Advisory);
            var keys = string.Join(", ", preset.Keys.Select(static key => $"`{key.Path}: {key.Text}`"));
            Assert.Contains($"| `{preset.Name}` | {preset.Meaning} | {keys} |\n", readme, StringComparison.Ordinal);
            Assert.Contains(preset.Name, PlanKey.Find(PlanKey.Preset)!.Help, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_preset_that_there_is_not_and_one_that_contradicts_the_plan_are_told_with_their_line()
    {
        var error = Assert.Throws<PlanException>(() => TextOf("product: p\nlicensee: Acme\npreset: standart\nquota: {}\n"));
        Assert.Equal(("line 3 of plan.yaml: there is no preset 'standart'", "choose one of standard, lenient, strict, trial, advisory"), (error.Message, error.Hint));
        error = Assert.Throws<PlanException>(() => TextOf("product: p\nlicensee: Acme\npreset: strict\nquota: {}\ngrace: {days: 5}\n"));
        Assert.Equal("line 3 of plan.yaml: 'grace.limit' is less than the days from the start", error.Message);
    }

    private static string ReadmeFolder([System.Runtime.CompilerServices.CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "..", "issuer"));

    private static string TextOf(string plan)
    {
        var (text, license) = PlanText.Of(LicensePlan.Read(plan, "plan.yaml"), Id, s_issued);
        Assert.Equal(LicenseFormat.Print(license), text);
        return text;
    }
}
