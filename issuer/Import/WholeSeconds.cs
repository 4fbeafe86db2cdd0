namespace OfflineLicense.Issuer.Import;

/// <summary>The issuer's clock as files write it.</summary>
internal static class WholeSeconds
{
    /// <summary>The time now, in UTC and whole seconds.</summary>
    internal static DateTimeOffset Now(this TimeProvider time)
    {
        var now = time.GetUtcNow().ToUniversalTime();
        return new DateTimeOffset(now.Ticks - now.Ticks % TimeSpan.TicksPerSecond, TimeSpan.Zero);
    }
}
