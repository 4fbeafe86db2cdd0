using System.Buffers;
using System.Text;
using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>Writes the values of a receipt, each in its one spelling; the other half of <see cref="ReceiptCursor"/>.</summary>
/// <param name="writer">Where the line goes.</param>
internal readonly struct ReceiptPrinter(ArrayBufferWriter<byte> writer)
{
    internal void Raw(ReadOnlySpan<byte> bytes) => writer.Write(bytes);

    internal void Number(ReadOnlySpan<byte> key, long value)
    {
        var target = writer.GetSpan(key.Length + ExactText.NumberBytes);
        key.CopyTo(target);
        writer.Advance(key.Length + ExactText.WriteNumber(target[key.Length..], value));
    }

    internal void Time(ReadOnlySpan<byte> key, DateTimeOffset value)
    {
        var target = Quoted(key, ExactText.TimeBytes);
        ExactText.WriteTime(target, value);
        writer.Advance(key.Length + ExactText.TimeBytes + 2);
    }

    internal void Text(ReadOnlySpan<byte> key, string value)
    {
        var target = Quoted(key, value.Length);
        if (Ascii.FromUtf16(value, target, out _) != OperationStatus.Done || target.ContainsAnyExcept(ReceiptCursor.StringBytes))
        {
            throw new ArgumentException(
                $"a receipt's strings are printable ASCII without quote and backslash, not '{value}'", nameof(value));
        }

        writer.Advance(key.Length + value.Length + 2);
    }

    internal void Reasons(ReadOnlySpan<byte> key, IReadOnlyList<HeldReason> reasons)
    {
        writer.Write(key);
        writer.Write("["u8);
        for (var index = 0; index < reasons.Count; index++)
        {
            Text(index == 0 ? "{\"code\":"u8 : ",{\"code\":"u8, reasons[index].Code);
            Time(",\"since\":"u8, reasons[index].Since);
            writer.Write("}"u8);
        }

        writer.Write("]"u8);
    }

    /// <summary>Members of an unknown kind, closing brace included, as they were read.</summary>
    internal void UnknownMembers(string rest)
    {
        var bytes = Encoding.UTF8.GetBytes(rest);
        try
        {
            _ = new ReceiptCursor(bytes).UnknownMembers();
        }
        catch (ReceiptFormatException wrong)
        {
            throw new ArgumentException($"not the members of a receipt: {wrong.Message}", nameof(rest), wrong);
        }

        writer.Write(bytes);
    }

    // The key and two quotes, and the room between them.
    private Span<byte> Quoted(ReadOnlySpan<byte> key, int length)
    {
        var target = writer.GetSpan(key.Length + length + 2);
        key.CopyTo(target);
        target[key.Length] = (byte)'"';
        target[key.Length + length + 1] = (byte)'"';
        return target.Slice(key.Length + 1, length);
    }
}
