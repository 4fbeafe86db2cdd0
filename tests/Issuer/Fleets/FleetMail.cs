namespace OfflineLicense.Tests.Issuer.Fleets;

/// <summary>One mail of a part of a ledger, or of what was made of it.</summary>
/// <param name="Node">The ledger.</param>
/// <param name="From">Its first receipt.</param>
/// <param name="Until">The first receipt that it does not have.</param>
/// <param name="At">When it arrives.</param>
/// <param name="Bytes">What is in it.</param>
internal sealed record FleetMail(FleetNode Node, long From, long Until, DateTimeOffset At, byte[] Bytes)
{
    /// <summary>
    /// A ledger in mails as customers send them: each goes on from where an earlier one ended, or repeats something; some come late, twice,
    /// in another order, or, where that is allowed, never.
    /// </summary>
    internal static List<FleetMail> Of(Random random, FleetNode node, bool mayBeLost)
    {
        var mails = new List<FleetMail>();
        var ends = Enumerable.Range(0, random.Next(0, 4)).Select(_ => random.NextInt64(1, node.Size)).Append(node.Size).Distinct().Order().ToList();
        for (var index = 0; index < ends.Count; index++)
        {
            if (mayBeLost && random.Next(6) == 0)
                continue;
            var from = index == 0 || random.Next(4) == 0 ? 0 : ends[random.Next(3) == 0 && index > 1 ? index - 2 : index - 1];
            var mail = Part(random, node, from, ends[index]);
            mails.Add(mail);
            if (random.Next(5) == 0)
                mails.Add(mail with { At = mail.At.AddDays(random.Next(1, 9)) });
        }

        return mails;
    }

    /// <summary>One mail, which arrives within three weeks.</summary>
    internal static FleetMail Part(Random random, FleetNode node, long from, long? until = null) => new(
        node, from, until ?? node.Size, node.Receipts[(int)(until ?? node.Size) - 1].At.AddHours(random.Next(25, 21 * 24)), node.Mail(from, until));

    /// <summary>How many receipts of a ledger are known without a hole, once all these have come; and whether something waits behind one.</summary>
    internal static (long Size, bool HasGap) Known(IEnumerable<FleetMail> mails)
    {
        long size = 0;
        var left = mails.OrderBy(static mail => mail.From).ToList();
        foreach (var mail in left.Where(mail => mail.From <= size))
            size = Math.Max(size, mail.Until);
        return (size, left.Exists(mail => mail.From > size));
    }
}
