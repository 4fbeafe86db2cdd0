using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Metering;

namespace OfflineLicense.Verifier.Command;

/// <summary>
/// The replies of the license folder that do not count, and why. To the product they are as good as none, and what a newer one
/// said goes on counting; so nothing but this tells a person that the file is not what he meant to put there.
/// </summary>
internal static class ReplyFiles
{
    /// <summary>The code of a reply that is older than one that was taken in.</summary>
    internal const string OlderReply = nameof(OlderReply);

    /// <summary>One reason for each such file. A reply to a customer who has no license here is none: the folder may be shared.</summary>
    /// <param name="product">The product and its folders.</param>
    internal static IReadOnlyList<Reason> NotCounting(ProductFiles product)
    {
        var folder = new LicenseFolder(LedgerDisk.Real, product.LicenseFolder, product.Trust, product.Time);
        folder.Look();
        if (folder.Replies.Count == 0)
            return [];
        var view = product.View();
        view.RefreshOthers(own: null);
        var licenses = view.Candidates.Select(static candidate => candidate.Signed?.License).OfType<License>()
            .Where(license => license.Product == product.Product).ToList();
        return [.. folder.Replies.Select(file => WhyNot(file.File, Reply.Open(file.Bytes, licenses, view.Trust), product, view)).OfType<Reason>()];
    }

    /// <summary>The number of the newest reply to a licensee that was ever taken in here: of the files, or as a ledger says.</summary>
    internal static long NewestNumber(NodeView view, string licensee) =>
        Math.Max(view.Replies.To(licensee)?.Number ?? 0, view.RepliedTo(licensee, new LedgerReadings()));

    private static Reason? WhyNot(string file, DocumentReading<Reply> reading, ProductFiles product, NodeView view)
    {
        if (reading.Document is { } reply)
        {
            return reply.Product != product.Product
                ? Why(ReasonCode.WrongProduct, $"the reply is for the product {reply.Product}", "use the offline-license command of that product")
                : NewestNumber(view, reply.Licensee) is var newest && newest > reply.Number
                    ? Older(reply, newest, isHeld: view.Replies.To(reply.Licensee)?.Number == newest)
                    : null;
        }

        return reading.Outcome switch
        {
            ReadingOutcome.UnknownKey => Why(
                ReasonCode.UnknownKey, "no license here names a key that signed the reply", "install the license that the reply is for; it names the key"),
            ReadingOutcome.BadSignature => Why(ReasonCode.BadSignature, "the reply was changed after it was signed", reading.Hint ?? GetAgain),
            ReadingOutcome.NeedsNewerVersion => Why(
                ReasonCode.NeedsNewerVersion, "the reply needs a newer version of the product", "update the product"),
            _ => Why(ReasonCode.Malformed, $"it is not a whole reply: {reading.Reason}", reading.Hint ?? GetAgain),
        };

        Reason Older(Reply reply, long newest, bool isHeld) => Why(
            OlderReply, $"it is reply {Words.Number(reply.Number)}, and reply {Words.Number(newest)} was taken in here already",
            isHeld ? "nothing: what the newer one says counts; remove this file, or put the newest one in its place"
                : $"put reply {Words.Number(newest)} in its place, which is not here any more, or ask your vendor for the newest");
        Reason Why(string code, string sentence, string mend) => new() { Code = code, Sentence = sentence, Mend = mend, File = file };
    }

    private const string GetAgain = "get the file again, as an attachment, or armored";
}
