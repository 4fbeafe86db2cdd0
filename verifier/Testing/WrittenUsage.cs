using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Testing;

/// <summary>One interval of use, as a node wrote it down and signed it: what the customer is billed by.</summary>
public sealed record WrittenUsage
{
    /// <summary>The interval's begin (UTC, whole seconds).</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The interval's end (UTC, whole seconds, exclusive).</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>The id of the license that it belongs to; empty for none.</summary>
    public required string License { get; init; }

    /// <summary>The state that the node was in.</summary>
    public required LicenseState State { get; init; }

    /// <summary>The most cores that were in use at once.</summary>
    public required long Cores { get; init; }

    /// <summary>Seconds with at least one core in use.</summary>
    public required long Seconds { get; init; }

    /// <summary>The sum over those seconds of the cores in use.</summary>
    public required long CoreSeconds { get; init; }

    internal static WrittenUsage Of(UsageReceipt receipt) => new()
    {
        From = receipt.From,
        Until = receipt.At,
        License = receipt.License,
        State = receipt.State.Known!.Value,
        Cores = receipt.Cores,
        Seconds = receipt.Seconds,
        CoreSeconds = receipt.CoreSeconds,
    };
}
