using System.Diagnostics.Metrics;
using OfflineLicense.Verifier;

namespace OfflineLicense.Hosting;

/// <summary>
/// A node in figures, by the naming of OpenTelemetry's conventions and units of UCUM. All are read from the verdict when
/// somebody asks, and no tag can have more values than a license has quotas or this library has reasons. The table of
/// README.md, "Metrics", is held to this file by a test.
/// </summary>
internal sealed class NodeMetrics
{
    private static readonly (LicenseState State, string Name)[] States =
        [.. Enum.GetValues<LicenseState>().Select(state => (state, state.ToString().ToLowerInvariant()))];

    private readonly Node _node;
    private readonly KeyValuePair<string, object?> _product;

    private NodeMetrics(Node node, string product) => (_node, _product) = (node, new("offline_license.product", product));

    /// <summary>Adds a node's instruments to a new meter, which lives as long as the host's services; without a factory, as the process.</summary>
    public static void Create(Node node, string product, IMeterFactory? meters)
    {
        var options = new MeterOptions(NodeService.Name);
        new NodeMetrics(node, product).AddTo(meters?.Create(options) ?? new Meter(options));
    }

    private void AddTo(Meter meter)
    {
        meter.CreateObservableUpDownCounter(
            "offline_license.status", Status, "1", "1 for the state that the node is in, 0 for the others");

        AddDays("offline_license.term.remaining", "days until the license's term ends; negative when it has", verdict => verdict.TermEnd);
        AddDays("offline_license.grace.remaining", "days until new work is refused if nothing is mended", verdict => verdict.GraceEnds);
        AddDays("offline_license.mail.remaining", "days until receipts are to be exported; negative when they are overdue", verdict => verdict.MailBy);

        AddQuota("offline_license.quota.cores.used", "{core}", "cores in use, as the quota counts them", isMinutes: false, quota => quota.Used);
        AddQuota("offline_license.quota.cores.limit", "{core}", "cores that the license allows", isMinutes: false, quota => quota.Allowed);
        AddQuota("offline_license.quota.minutes.used", "min", "minutes used in the quota's period", isMinutes: true, quota => quota.Used);
        AddQuota("offline_license.quota.minutes.limit", "min", "minutes that the license allows in the period", isMinutes: true, quota => quota.Allowed);

        meter.CreateObservableUpDownCounter(
            "offline_license.cores.in_use", () => new Measurement<long>(_node.CoresInUse, _product), "{core}", "cores in use by work of this node");
        meter.CreateObservableCounter(
            "offline_license.work.refused", Refusals, "{refusal}", "pieces of work that were refused to begin");

        AddTime("offline_license.receipt.time", "when the newest receipt was written, in Unix time", () => _node.LastReceipt);
        AddTime("offline_license.export.time", "when receipts were last exported, in Unix time", () => _node.Verdict.LastExport);
        AddTime("offline_license.reply.time", "the time of the vendor's newest reply, in Unix time", () => _node.Verdict.LastReply);

        void AddDays(string name, string description, Func<Verdict, DateTimeOffset?> date) => meter.CreateObservableGauge(
            name, () => Known((date(_node.Verdict) - _node.Verdict.At)?.TotalDays), "d", description);

        void AddTime(string name, string description, Func<DateTimeOffset?> time) => meter.CreateObservableGauge(
            name, () => Known(time()?.ToUnixTimeSeconds()), "s", description);

        void AddQuota(string name, string unit, string description, bool isMinutes, Func<QuotaUse, long> figure) => meter.CreateObservableGauge(
            name,
            () => _node.Verdict.Quotas.Where(quota => quota.PeriodStart is not null == isMinutes)
                .Select(quota => new Measurement<long>(figure(quota), _product, new("offline_license.quota", quota.Name))),
            unit,
            description);
    }

    // What has no date has no series: any number would be read as one.
    private IEnumerable<Measurement<T>> Known<T>(T? figure)
        where T : struct =>
        figure is { } value ? [new Measurement<T>(value, _product)] : [];

    private IEnumerable<Measurement<int>> Status()
    {
        var current = _node.Verdict.State;
        return States.Select(state => new Measurement<int>(
            state.State == current ? 1 : 0, _product, new("offline_license.state", state.Name)));
    }

    private IEnumerable<Measurement<long>> Refusals() =>
        _node.Refusals.Select(refusal => new Measurement<long>(refusal.Value, _product, new("offline_license.reason", refusal.Key)));
}
