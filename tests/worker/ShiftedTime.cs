namespace OfflineLicense.Tests.Worker;

/// <summary>A wall clock that says a given time when the process begins, and goes on from there.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private readonly TimeSpan _shift;

    public ShiftedTime(DateTimeOffset now) => _shift = now - base.GetUtcNow();

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _shift;
}
