namespace OfflineLicense.Issuer.Books;

/// <summary>A clock that says when a file came, as far as that is known, and never a time that is still to come. Not thread-safe.</summary>
/// <param name="time">The machine's clock.</param>
internal sealed class ArrivalTime(TimeProvider time) : TimeProvider
{
    /// <summary>When the file that is read now came; null for now.</summary>
    internal DateTimeOffset? CameAt { get; set; }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        var now = time.GetUtcNow();
        return CameAt is { } at && at < now ? at : now;
    }
}
