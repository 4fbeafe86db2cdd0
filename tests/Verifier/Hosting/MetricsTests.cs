using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using OfflineLicense.Tests.Conventions;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Hosting;

/// <summary>The series that a dashboard gets from a node, read as an exporter reads them.</summary>
public sealed class MetricsTests
{
    private static readonly string[] EveryState = ["grace", "lapsed", "licensed", "unlicensed"];

    [Fact]
    public async Task A_licensed_node_at_work_gives_all_series()
    {
        using var replyKey = Licenses.KeyOf("vendor.example/replies/test", 2);
        await using var product = new ProductHost();
        product.Site.Put(plain => plain with
        {
            Until = Licenses.Day(365),
            Quota = new LicenseQuota { Cores = 64, NodeCores = 16, NodeMinutes = 1_000, CoreMinutes = 8_000 },
            Receipts = new LicenseReceipts { MailEvery = Duration.Parse("90d"), RepliesBy = [replyKey.VerifierKey.ToString()] },
        });
        await product.Start();
        Assert.True(product.Node.TryBegin(6, out var usage, out _));
        product.Site.Time.Advance(TimeSpan.FromHours(2));
        product.Site.Export();
        var reply = new Reply { Product = Licenses.Product, Licensee = Licenses.Licensee, Number = 1, Time = Licenses.Begin.AddHours(1), Used = [], Ledgers = [] };
        await File.WriteAllBytesAsync(Path.Combine(product.Site.LicenseFolder, "1.reply"), reply.Sign(replyKey));
        product.Site.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(
            [
                "offline_license.cores.in_use 6 {core}",
                FormattableString.Invariant($"offline_license.export.time {Licenses.Begin.AddHours(2).ToUnixTimeSeconds()} s"),
                "offline_license.grace.remaining 103.96180555555556 d",
                "offline_license.mail.remaining 89.96180555555556 d",
                "offline_license.quota.cores.limit(cores) 64 {core}",
                "offline_license.quota.cores.limit(node-cores) 16 {core}",
                "offline_license.quota.cores.used(cores) 6 {core}",
                "offline_license.quota.cores.used(node-cores) 6 {core}",
                "offline_license.quota.minutes.limit(core-minutes) 8000 min",
                "offline_license.quota.minutes.limit(node-minutes) 1000 min",
                "offline_license.quota.minutes.used(core-minutes) 1080 min",
                "offline_license.quota.minutes.used(node-minutes) 180 min",
                FormattableString.Invariant($"offline_license.receipt.time {Licenses.Begin.AddHours(3).ToUnixTimeSeconds()} s"),
                FormattableString.Invariant($"offline_license.reply.time {Licenses.Begin.AddHours(1).ToUnixTimeSeconds()} s"),
                "offline_license.status(grace) 0 1",
                "offline_license.status(lapsed) 0 1",
                "offline_license.status(licensed) 1 1",
                "offline_license.status(unlicensed) 0 1",
                "offline_license.term.remaining 364.875 d",
            ],
            Read(product).Order(StringComparer.Ordinal));
        usage.Dispose();
    }

    [Fact]
    public async Task What_has_no_date_has_no_series()
    {
        await using var product = new ProductHost();
        await product.Start();
        var names = Read(product).Select(line => line.Split(' ')[0]).Order(StringComparer.Ordinal);
        Assert.Equal(
            ["offline_license.cores.in_use", "offline_license.receipt.time", .. EveryState.Select(state => $"offline_license.status({state})")],
            names);
        Assert.Contains("offline_license.status(unlicensed) 1 1", Read(product));
    }

    [Fact]
    public async Task Each_state_is_the_one_series_that_is_1_and_days_go_below_zero()
    {
        await using var product = new ProductHost();
        product.Site.Put(plain => plain with { Until = Licenses.Day(1), Grace = new LicenseGrace { Days = 2 } });
        await product.Start();
        foreach (var (day, state, left) in new[] { (0, "licensed", "1"), (2, "grace", "-1"), (5, "lapsed", "-4") })
        {
            product.Site.Time.Advance(Licenses.Day(day) - product.Site.Time.Wall);
            var series = Read(product).ToList();
            Assert.Equal(
                EveryState.Select(each => $"offline_license.status({each}) {(each == state ? "1" : "0")} 1"),
                series.Where(line => line.StartsWith("offline_license.status", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
            Assert.Contains($"offline_license.term.remaining {left} d", series);
        }
    }

    [Fact]
    public async Task Refusals_are_counted_by_their_code()
    {
        await using var product = new ProductHost();
        await product.Start();
        Assert.False(product.Node.TryBegin(1, out _, out _));
        Assert.False(product.Node.TryBegin(1, out _, out _));
        product.Site.Put(plain => plain with { Quota = new LicenseQuota { NodeCores = 1 }, Overage = OverageRule.Refuse });
        product.Node.Look();
        Assert.False(product.Node.TryBegin(2, out _, out _));
        Assert.Equal(
            ["offline_license.work.refused(NodeCoresExceeded) 1 {refusal}", "offline_license.work.refused(Unlicensed) 2 {refusal}"],
            Read(product).Where(line => line.Contains("refused", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task No_tag_has_values_without_bound_and_none_says_who_the_customer_is()
    {
        await using var product = new ProductHost();
        product.Site.Put(plain => plain with { Quota = new LicenseQuota { NodeCores = 1, NodeMinutes = 5 }, Overage = OverageRule.Refuse });
        await product.Start();
        Assert.False(product.Node.TryBegin(2, out _, out _));
        var codes = typeof(ReasonCode).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.Name).ToHashSet();
        var allowed = new Dictionary<string, HashSet<string>>
        {
            ["offline_license.product"] = [Licenses.Product],
            ["offline_license.state"] = [.. EveryState],
            ["offline_license.quota"] = ["cores", "node-cores", "node-minutes", "core-minutes"],
            ["offline_license.reason"] = codes,
        };
        var seen = new List<KeyValuePair<string, object?>>();
        Listen(product, (_, _, tags) =>
        {
            Assert.Contains(tags.ToArray(), tag => tag.Key == "offline_license.product");
            seen.AddRange(tags.ToArray());
        });
        Assert.All(seen, tag => Assert.Contains((string)tag.Value!, allowed[tag.Key]));
        Assert.Equal(allowed.Keys.Order(StringComparer.Ordinal), seen.Select(tag => tag.Key).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_table_of_the_readme_is_what_is_measured()
    {
        await using var product = new ProductHost();
        await product.Start();
        var instruments = Listen(product, (_, _, _) => { })
            .Select(each => $"| `{each.Name}` | {KindOf(each)} | {each.Unit} | {each.Description}").Order(StringComparer.Ordinal).ToList();
        var rows = Sources.Text("verifier/Hosting/README.md").Split('\n').SkipWhile(line => line != "| instrument | kind | unit | what it is |").Skip(2)
            .TakeWhile(line => line.StartsWith('|')).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(instruments.Count, rows.Count);
        Assert.All(instruments.Zip(rows), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
    }

    private static string KindOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "ObservableGauge" => "gauge",
        "ObservableUpDownCounter" => "up-down counter",
        "ObservableCounter" => "counter",
        var other => other,
    };

    /// <summary>Every series once: name, its tag beside the product, figure and unit.</summary>
    private static List<string> Read(ProductHost product)
    {
        var lines = new List<string>();
        Listen(product, (instrument, figure, tags) =>
        {
            var tag = tags.ToArray().Where(tag => tag.Key != "offline_license.product").Select(tag => $"({tag.Value})").SingleOrDefault();
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{instrument.Name}{tag} {figure} {instrument.Unit}"));
        });
        return lines;
    }

    private delegate void Seen(Instrument instrument, IFormattable figure, ReadOnlySpan<KeyValuePair<string, object?>> tags);

    private static List<Instrument> Listen(ProductHost product, Seen seen)
    {
        // Hosts of other tests run beside this one; their meters are of other factories.
        var factory = product.Services.GetRequiredService<IMeterFactory>();
        var instruments = new List<Instrument>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name != "OfflineLicense" || !ReferenceEquals(instrument.Meter.Scope, factory))
                return;
            instruments.Add(instrument);
            self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, figure, tags, _) => seen(instrument, figure, tags));
        listener.SetMeasurementEventCallback<int>((instrument, figure, tags, _) => seen(instrument, figure, tags));
        listener.SetMeasurementEventCallback<double>((instrument, figure, tags, _) => seen(instrument, figure, tags));
        listener.Start();
        listener.RecordObservableInstruments();
        return instruments;
    }
}
