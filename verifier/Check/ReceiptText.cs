namespace OfflineLicense.Verifier.Check;

/// <summary>What a receipt is about.</summary>
internal enum ReceiptKind
{
    Start,
    Stop,
    License,
    State,
    Usage,
    Clock,
    Reply,
    Reset,
    Trust,

    /// <summary>A kind of a later version.</summary>
    Newer,
}

/// <summary>
/// One receipt's line, read from left to right by the table of its format's page. Texts point into the line; what a kind has
/// no key for is 0 or empty. Times are seconds since 1970.
/// </summary>
internal ref struct ReceiptText
{
    internal ReceiptKind Kind;
    internal long Seq;
    internal long At;
    internal ReadOnlySpan<byte> Follows;
    internal long FollowsSize;
    internal long Clean;
    internal ReadOnlySpan<byte> License;
    internal ReadOnlySpan<byte> Holds;
    internal ReadOnlySpan<byte> State;
    internal long From;
    internal long OpenSeconds;
    internal long Cores;
    internal long Seconds;
    internal long CoreSeconds;
    internal long TotalSeconds;
    internal long TotalCoreSeconds;
    internal long LicensedSeconds;
    internal long GraceSeconds;

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line without its newline, of at most 4,096 bytes.</param>
    /// <param name="receipt">What it says; of no use where it is none.</param>
    /// <returns>0; or the byte of the line, from 1, from which on it is not of a receipt's form.</returns>
    internal static int Read(ReadOnlySpan<byte> line, out ReceiptText receipt)
    {
        receipt = default;
        var text = new LineText(line);
        receipt.Seq = text.Number("{\"seq\":"u8);
        var kind = text.String(",\"kind\":"u8);
        receipt.At = text.Time(",\"at\":"u8);
        switch (kind)
        {
            case var _ when kind.SequenceEqual("usage"u8):
                receipt.Kind = ReceiptKind.Usage;
                receipt.From = text.Time(",\"from\":"u8);
                receipt.License = text.String(",\"license\":"u8);
                receipt.State = text.String(",\"state\":"u8);
                text.Time(",\"since\":"u8);
                receipt.OpenSeconds = text.Number(",\"openSeconds\":"u8);
                receipt.Cores = text.Number(",\"cores\":"u8);
                receipt.Seconds = text.Number(",\"seconds\":"u8);
                receipt.CoreSeconds = text.Number(",\"coreSeconds\":"u8);
                receipt.TotalSeconds = text.Number(",\"totalSeconds\":"u8);
                receipt.TotalCoreSeconds = text.Number(",\"totalCoreSeconds\":"u8);
                receipt.LicensedSeconds = text.Number(",\"licensedSeconds\":"u8);
                receipt.GraceSeconds = text.Number(",\"graceSeconds\":"u8);
                break;
            case var _ when kind.SequenceEqual("start"u8):
                receipt.Kind = ReceiptKind.Start;
                text.String(",\"format\":"u8);
                receipt.Follows = text.String(",\"follows\":"u8);
                receipt.FollowsSize = text.Number(",\"followsSize\":"u8);
                text.String(",\"followsRoot\":"u8);
                receipt.Clean = text.Number(",\"clean\":"u8);
                break;
            case var _ when kind.SequenceEqual("stop"u8):
                receipt.Kind = ReceiptKind.Stop;
                break;
            case var _ when kind.SequenceEqual("license"u8):
                receipt.Kind = ReceiptKind.License;
                receipt.License = text.String(",\"license\":"u8);
                receipt.Holds = text.String(",\"holds\":"u8);
                break;
            case var _ when kind.SequenceEqual("state"u8):
                receipt.Kind = ReceiptKind.State;
                receipt.State = text.String(",\"state\":"u8);
                ReadReasons(ref text);
                break;
            case var _ when kind.SequenceEqual("clock"u8):
                receipt.Kind = ReceiptKind.Clock;
                text.Number(",\"aheadSeconds\":"u8);
                text.Number(",\"behindSeconds\":"u8);
                break;
            case var _ when kind.SequenceEqual("reply"u8):
                receipt.Kind = ReceiptKind.Reply;
                text.Number(",\"number\":"u8);
                text.Number(",\"size\":"u8);
                break;
            case var _ when kind.SequenceEqual("reset"u8):
                receipt.Kind = ReceiptKind.Reset;
                text.String(",\"reset\":"u8);
                text.Time(",\"mark\":"u8);
                break;
            case var _ when kind.SequenceEqual("trust"u8):
                receipt.Kind = ReceiptKind.Trust;
                text.Number(",\"version\":"u8);
                text.String(",\"sha256\":"u8);
                break;
            default:
                receipt.Kind = ReceiptKind.Newer;
                text.NewerMembers();
                break;
        }

        text.Expect("}"u8);
        return text.End();
    }

    private static void ReadReasons(ref LineText text)
    {
        text.Expect(",\"reasons\":["u8);
        if (text.Try("]"u8))
            return;
        do
        {
            text.String("{\"code\":"u8);
            text.Time(",\"since\":"u8);
            text.Expect("}"u8);
        }
        while (text.Try(","u8));
        text.Expect("]"u8);
    }
}
