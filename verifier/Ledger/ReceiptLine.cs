using System.Buffers;
using System.Text;
using OfflineLicense.Keys;
using static System.FormattableString;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// The text of a receipt: one JSON object on one line, with exactly these keys in this order and no spaces.
/// <code>
/// {"seq":0,"kind":"start","at":"2026-11-22T10:00:00Z","format":"offline-license/receipts/v1","follows":"","followsSize":0,"followsRoot":"","clean":1}
/// </code>
/// Whole numbers are 0 to 2^53 - 1, times <c>yyyy-MM-ddTHH:mm:ssZ</c>, strings printable ASCII without quote and
/// backslash; so every receipt has one spelling, and what parses prints back to the same bytes. README.md in this
/// folder has all kinds.
/// </summary>
internal static class ReceiptLine
{
    /// <summary>Reads one line, without its newline.</summary>
    /// <exception cref="ReceiptFormatException">It is no receipt; the exception says why and where.</exception>
    internal static Receipt Parse(ReadOnlySpan<byte> untrustedLine)
    {
        if (untrustedLine.Length > Limits.ReceiptBytes)
            throw new ReceiptFormatException($"longer than {Limits.ReceiptBytes} bytes", Limits.ReceiptBytes + 1);
        var cursor = new ReceiptCursor(untrustedLine);
        cursor.Expect("{\"seq\":"u8);
        var seq = cursor.Number();
        cursor.Expect(",\"kind\":"u8);
        var kind = cursor.Bytes();
        cursor.Expect(",\"at\":"u8);
        var at = cursor.Time();

        // The usual first: nine receipts of ten are usage.
        if (kind.SequenceEqual("usage"u8))
            return Usage(ref cursor, seq, at);
        if (kind.SequenceEqual("start"u8))
            return Start(ref cursor, seq, at);
        if (kind.SequenceEqual("state"u8))
            return State(ref cursor, seq, at);
        if (kind.SequenceEqual("stop"u8))
            return Close(ref cursor, new StopReceipt { Seq = seq, At = at });
        if (kind.SequenceEqual("license"u8))
            return License(ref cursor, seq, at);
        if (kind.SequenceEqual("clock"u8))
            return Clock(ref cursor, seq, at);
        if (kind.SequenceEqual("reply"u8))
            return Reply(ref cursor, seq, at);
        if (kind.SequenceEqual("reset"u8))
            return Reset(ref cursor, seq, at);
        if (kind.SequenceEqual("trust"u8))
            return Trust(ref cursor, seq, at);
        return new UnknownReceipt(Encoding.ASCII.GetString(kind), cursor.UnknownMembers()) { Seq = seq, At = at };
    }

    /// <summary>The line of a receipt, without a newline.</summary>
    /// <exception cref="ArgumentException">
    /// A string cannot be written, a time or number is out of range, or the line gets longer than 4 KiB.
    /// </exception>
    internal static byte[] Print(Receipt receipt)
    {
        var writer = new ArrayBufferWriter<byte>(512);
        Print(receipt, writer);
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>Writes the line of a receipt, without a newline.</summary>
    /// <exception cref="ArgumentException">As <see cref="Print(Receipt)"/>; what is in the writer by then is of no use.</exception>
    internal static void Print(Receipt receipt, ArrayBufferWriter<byte> writer)
    {
        var before = writer.WrittenCount;
        writer.Write("{"u8);
        var line = new ReceiptPrinter(writer);
        line.Number("\"seq\":"u8, receipt.Seq);
        line.Text(",\"kind\":"u8, receipt.Kind);
        line.Time(",\"at\":"u8, receipt.At);
        Members(line, receipt);
        var length = writer.WrittenCount - before;
        if (length > Limits.ReceiptBytes)
        {
            throw new ArgumentException(
                Invariant($"a receipt has at most {Limits.ReceiptBytes} bytes; this {receipt.Kind} has {length}"), nameof(receipt));
        }
    }

    private static void Members(ReceiptPrinter line, Receipt receipt)
    {
        switch (receipt)
        {
            case StartReceipt start:
                line.Text(",\"format\":"u8, start.Format);
                line.Text(",\"follows\":"u8, start.Follows);
                line.Number(",\"followsSize\":"u8, start.FollowsSize);
                line.Text(",\"followsRoot\":"u8, start.FollowsRoot);
                line.Number(",\"clean\":"u8, start.Clean);
                break;
            case StopReceipt:
                break;
            case LicenseReceipt license:
                line.Text(",\"license\":"u8, license.License);
                line.Text(",\"holds\":"u8, license.Holds);
                break;
            case StateReceipt state:
                line.Text(",\"state\":"u8, state.State.Word);
                line.Reasons(",\"reasons\":"u8, state.Reasons);
                break;
            case UsageReceipt usage:
                line.Time(",\"from\":"u8, usage.From);
                line.Text(",\"license\":"u8, usage.License);
                line.Text(",\"state\":"u8, usage.State.Word);
                line.Time(",\"since\":"u8, usage.Since);
                line.Number(",\"openSeconds\":"u8, usage.OpenSeconds);
                line.Number(",\"cores\":"u8, usage.Cores);
                line.Number(",\"seconds\":"u8, usage.Seconds);
                line.Number(",\"coreSeconds\":"u8, usage.CoreSeconds);
                line.Number(",\"totalSeconds\":"u8, usage.TotalSeconds);
                line.Number(",\"totalCoreSeconds\":"u8, usage.TotalCoreSeconds);
                line.Number(",\"licensedSeconds\":"u8, usage.LicensedSeconds);
                line.Number(",\"graceSeconds\":"u8, usage.GraceSeconds);
                break;
            case ClockReceipt clock:
                line.Number(",\"aheadSeconds\":"u8, clock.AheadSeconds);
                line.Number(",\"behindSeconds\":"u8, clock.BehindSeconds);
                break;
            case ReplyReceipt reply:
                line.Number(",\"number\":"u8, reply.Number);
                line.Number(",\"size\":"u8, reply.Size);
                break;
            case ResetReceipt reset:
                line.Text(",\"reset\":"u8, reset.Reset);
                line.Time(",\"mark\":"u8, reset.Mark);
                break;
            case TrustReceipt trust:
                line.Number(",\"version\":"u8, trust.Version);
                line.Text(",\"sha256\":"u8, trust.Sha256);
                break;
            case UnknownReceipt unknown:
                line.UnknownMembers(unknown.Rest);
                return;
            default:
                throw new ArgumentException($"no text is known for a {receipt.GetType().Name}", nameof(receipt));
        }

        line.Raw("}"u8);
    }

    private static StartReceipt Start(ref ReceiptCursor cursor, long seq, DateTimeOffset at) => Close(
        ref cursor,
        new StartReceipt
        {
            Seq = seq,
            At = at,
            Format = Text(ref cursor, ",\"format\":"u8),
            Follows = Text(ref cursor, ",\"follows\":"u8),
            FollowsSize = Number(ref cursor, ",\"followsSize\":"u8),
            FollowsRoot = Text(ref cursor, ",\"followsRoot\":"u8),
            Clean = Number(ref cursor, ",\"clean\":"u8),
        });

    private static LicenseReceipt License(ref ReceiptCursor cursor, long seq, DateTimeOffset at) => Close(
        ref cursor,
        new LicenseReceipt
        {
            Seq = seq,
            At = at,
            License = Text(ref cursor, ",\"license\":"u8),
            Holds = Text(ref cursor, ",\"holds\":"u8),
        });

    private static ClockReceipt Clock(ref ReceiptCursor cursor, long seq, DateTimeOffset at) => Close(
        ref cursor,
        new ClockReceipt
        {
            Seq = seq,
            At = at,
            AheadSeconds = Number(ref cursor, ",\"aheadSeconds\":"u8),
            BehindSeconds = Number(ref cursor, ",\"behindSeconds\":"u8),
        });

    private static ReplyReceipt Reply(ref ReceiptCursor cursor, long seq, DateTimeOffset at) => Close(
        ref cursor,
        new ReplyReceipt
        {
            Seq = seq,
            At = at,
            Number = Number(ref cursor, ",\"number\":"u8),
            Size = Number(ref cursor, ",\"size\":"u8),
        });

    private static ResetReceipt Reset(ref ReceiptCursor cursor, long seq, DateTimeOffset at) => Close(
        ref cursor,
        new ResetReceipt
        {
            Seq = seq,
            At = at,
            Reset = Text(ref cursor, ",\"reset\":"u8),
            Mark = Time(ref cursor, ",\"mark\":"u8),
        });

    private static TrustReceipt Trust(ref ReceiptCursor cursor, long seq, DateTimeOffset at) => Close(
        ref cursor,
        new TrustReceipt
        {
            Seq = seq,
            At = at,
            Version = Number(ref cursor, ",\"version\":"u8),
            Sha256 = Text(ref cursor, ",\"sha256\":"u8),
        });

    private static UsageReceipt Usage(ref ReceiptCursor cursor, long seq, DateTimeOffset at)
    {
        var from = Time(ref cursor, ",\"from\":"u8);
        var license = Text(ref cursor, ",\"license\":"u8);
        cursor.Expect(",\"state\":"u8);
        return Close(ref cursor, new UsageReceipt
        {
            Seq = seq,
            At = at,
            From = from,
            License = license,
            State = cursor.State(),
            Since = Time(ref cursor, ",\"since\":"u8),
            OpenSeconds = Number(ref cursor, ",\"openSeconds\":"u8),
            Cores = Number(ref cursor, ",\"cores\":"u8),
            Seconds = Number(ref cursor, ",\"seconds\":"u8),
            CoreSeconds = Number(ref cursor, ",\"coreSeconds\":"u8),
            TotalSeconds = Number(ref cursor, ",\"totalSeconds\":"u8),
            TotalCoreSeconds = Number(ref cursor, ",\"totalCoreSeconds\":"u8),
            LicensedSeconds = Number(ref cursor, ",\"licensedSeconds\":"u8),
            GraceSeconds = Number(ref cursor, ",\"graceSeconds\":"u8),
        });
    }

    private static StateReceipt State(ref ReceiptCursor cursor, long seq, DateTimeOffset at)
    {
        cursor.Expect(",\"state\":"u8);
        var state = cursor.State();
        cursor.Expect(",\"reasons\":["u8);
        var reasons = new List<HeldReason>();
        if (!cursor.TryRead("]"u8))
        {
            do
            {
                var code = Text(ref cursor, "{\"code\":"u8);
                reasons.Add(new HeldReason(code, Time(ref cursor, ",\"since\":"u8)));
                cursor.Expect("}"u8);
            }
            while (cursor.TryRead(","u8));
            cursor.Expect("]"u8);
        }

        return Close(ref cursor, new StateReceipt { Seq = seq, At = at, State = state, Reasons = reasons });
    }

    private static T Close<T>(ref ReceiptCursor cursor, T receipt)
        where T : Receipt
    {
        cursor.Expect("}"u8);
        cursor.End();
        return receipt;
    }

    private static long Number(ref ReceiptCursor cursor, ReadOnlySpan<byte> key)
    {
        cursor.Expect(key);
        return cursor.Number();
    }

    private static string Text(ref ReceiptCursor cursor, ReadOnlySpan<byte> key)
    {
        cursor.Expect(key);
        return cursor.Text();
    }

    private static DateTimeOffset Time(ref ReceiptCursor cursor, ReadOnlySpan<byte> key)
    {
        cursor.Expect(key);
        return cursor.Time();
    }
}
