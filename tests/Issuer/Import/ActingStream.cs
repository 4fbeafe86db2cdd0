namespace OfflineLicense.Tests.Issuer.Import;

/// <summary>A file at whose end, when it was read for the first time, something happens.</summary>
internal sealed class ActingStream(byte[] bytes, Action atEnd) : MemoryStream(bytes)
{
    private Action? _atEnd = atEnd;

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = base.Read(buffer, offset, count);
        if (read == 0)
            Interlocked.Exchange(ref _atEnd, null)?.Invoke();
        return read;
    }
}
