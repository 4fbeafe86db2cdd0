using System.Globalization;
using System.Text;
using System.Text.Json;

namespace OfflineLicense.Benchmarks;

/// <summary>What a benchmark found: its figure, and its ratio to a baseline measured in the same run.</summary>
internal sealed record Figure
{
    public required string Name { get; init; }

    public required double Value { get; init; }

    public required string Unit { get; init; }

    /// <summary>The baseline's figure, in the same unit.</summary>
    public required double Baseline { get; init; }

    /// <summary>What the baseline is, for people.</summary>
    public required string BaselineIs { get; init; }

    /// <summary>The median of the ratios of neighbouring rounds, which a machine that drifts does not move.</summary>
    public required double Ratio { get; init; }

    /// <summary>The ratio that is wanted at most.</summary>
    public required double Bar { get; init; }

    /// <summary>Bytes allocated by one call.</summary>
    public long? Bytes { get; init; }

    /// <summary>How long after the moment at which something changes it is seen, in milliseconds; the worst of several.</summary>
    public double? LagMilliseconds { get; init; }

    /// <summary>The ratio to reading, hashing and compressing the same bytes, on as many cores.</summary>
    public double? RatioToHashing { get; init; }

    /// <summary>By how much the registry grew for each receipt.</summary>
    public double? BytesPerReceipt { get; init; }

    /// <summary>The most memory that the process had, in MiB.</summary>
    public double? PeakMegabytes { get; init; }

    /// <summary>Its ratio to that of the baseline.</summary>
    public double? PeakRatio { get; init; }

    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("name", Name);
            json.WriteNumber("value", Math.Round(Value, 3));
            json.WriteString("unit", Unit);
            json.WriteNumber("baseline", Math.Round(Baseline, 3));
            json.WriteNumber("ratio", Math.Round(Ratio, 3));
            if (Bytes is { } bytes)
                json.WriteNumber("bytes", bytes);
            if (LagMilliseconds is { } lag)
                json.WriteNumber("lagMilliseconds", Math.Round(lag, 1));
            if (RatioToHashing is { } hashing)
                json.WriteNumber("ratioToHashing", Math.Round(hashing, 3));
            if (BytesPerReceipt is { } kept)
                json.WriteNumber("bytesPerReceipt", Math.Round(kept, 1));
            if (PeakMegabytes is { } peak)
                json.WriteNumber("peakMegabytes", Math.Round(peak, 1));
            if (PeakRatio is { } peaks)
                json.WriteNumber("peakRatio", Math.Round(peaks, 3));
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name,-14} {Value,10:0.00} {Unit}  {Ratio,6:0.00} x {BaselineIs} ({Baseline:0.00} {Unit}), "
        + $"wanted at most {Bar:0.00}: {(Ratio <= Bar ? "met" : "MISSED")}{(Bytes is { } bytes ? $", {bytes} bytes" : "")}{(LagMilliseconds is { } lag ? $", seen {lag:0.0} ms after" : "")}"
        + $"{(RatioToHashing is { } hashing ? $", {hashing:0.00} x reading, hashing and compressing" : "")}{(BytesPerReceipt is { } kept ? $", {kept:0.0} bytes a receipt" : "")}"
        + $"{(PeakMegabytes is { } peak ? $", {peak:0} MiB at most" : "")}{(PeakRatio is { } peaks ? $", {peaks:0.00} x the baseline's" : "")}");
}
