using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Import;

/// <summary>What can be found, the gravest last.</summary>
internal enum FindingKind
{
    /// <summary>A ledger was carried on by another, or by several, and more of it is stored than they had.</summary>
    CarriedOn,

    /// <summary>A ledger of an installation that the customer has not used before.</summary>
    NewInstallation,

    /// <summary>A ledger has gone silent while others of its customer were mailed.</summary>
    Silent,

    /// <summary>The customer has the duty to mail receipts, and the day is past.</summary>
    MailOverdue,

    /// <summary>A license is in use a month after another took its place.</summary>
    ReplacedLicense,

    /// <summary>A ledger's newest receipt is dated a day or more to come.</summary>
    ClockAhead,

    /// <summary>A node's clock was set again and again within a day.</summary>
    ClockUnsteady,

    /// <summary>A receipt of a kind that only a newer version understands.</summary>
    NeedsNewerVersion,

    /// <summary>More was used than a license allows.</summary>
    OverQuota,

    /// <summary>A license that is bound to other installations was used.</summary>
    WrongInstallation,

    /// <summary>Receipts do not add up to what they say themselves.</summary>
    Contradiction,

    /// <summary>A state is told that the license's dates do not allow.</summary>
    Overstay,

    /// <summary>Receipts are missing before those that came.</summary>
    Gap,

    /// <summary>A file contradicts itself.</summary>
    Damage,

    /// <summary>Use names a license that was never issued, or never proves one that was.</summary>
    UnknownLicense,

    /// <summary>A license was used whose text is not the one that was issued under its id.</summary>
    AlteredLicense,

    /// <summary>Two histories of one ledger were signed.</summary>
    Fork,
}

/// <summary>How the kinds are named and explained, so that a clerk knows what happened and what to do.</summary>
internal static class FindingKinds
{
    /// <summary>As it stands in the registry and in <c>--json</c>.</summary>
    internal static string Name(this FindingKind kind) => kind switch
    {
        FindingKind.CarriedOn => "carried-on",
        FindingKind.NewInstallation => "new-installation",
        FindingKind.Silent => "silent",
        FindingKind.MailOverdue => "mail-overdue",
        FindingKind.ReplacedLicense => "replaced-license",
        FindingKind.ClockAhead => "clock-ahead",
        FindingKind.ClockUnsteady => "clock-unsteady",
        FindingKind.NeedsNewerVersion => "needs-newer-version",
        FindingKind.OverQuota => "over-quota",
        FindingKind.WrongInstallation => "wrong-installation",
        FindingKind.Contradiction => "contradiction",
        FindingKind.Overstay => "overstay",
        FindingKind.Gap => "gap",
        FindingKind.Damage => "damage",
        FindingKind.UnknownLicense => "unknown-license",
        FindingKind.AlteredLicense => "altered-license",
        _ => "fork",
    };

    /// <summary>The names, the gravest last.</summary>
    internal static IEnumerable<string> Names => Enum.GetValues<FindingKind>().Select(Name);

    /// <exception cref="ArgumentException">No kind has this name.</exception>
    internal static FindingKind Parse(string name) =>
        Enum.GetValues<FindingKind>().Cast<FindingKind?>().FirstOrDefault(kind => kind!.Value.Name() == name)
        ?? throw new ArgumentException($"'{name}' is no kind of finding", nameof(name));

    /// <summary>The exit code of an import whose gravest finding is of this kind.</summary>
    internal static int ExitCodeOf(this FindingKind kind) => kind switch
    {
        FindingKind.Fork => ExitCode.Fork,
        FindingKind.AlteredLicense => ExitCode.AlteredLicense,
        FindingKind.UnknownLicense => ExitCode.UnknownLicense,
        FindingKind.Damage => ExitCode.Damage,
        FindingKind.Gap => ExitCode.Gap,
        _ => ExitCode.Ok,
    };

    /// <summary>What it means, in a sentence or two. Nobody is accused of what an accident does too.</summary>
    internal static string Meaning(this FindingKind kind) => kind switch
    {
        FindingKind.CarriedOn =>
            "a node went on in a new ledger; a machine that was restored, repaired, replaced or copied does that by itself",
        FindingKind.NewInstallation =>
            "receipts came from an installation that this customer has not used before; a new site or cluster looks like this",
        FindingKind.ClockAhead =>
            "the newest receipts of a ledger are dated to days that are still to come here; a node writes them while its clock is far ahead, "
            + "and for good once it has run so for a day; what it used is billed under those days",
        FindingKind.Silent =>
            "a ledger ends in the midst of things, and other ledgers of the customer go on for more than a month after it; a machine that broke down or was taken away looks like this, and so does one whose receipts are kept back",
        FindingKind.MailOverdue =>
            "the license asks for receipts in regular mails, and the last one is older than that; its nodes see it too, and go into their grace for it unless somebody exported there",
        FindingKind.ReplacedLicense =>
            "a license was used for more than a month after another had taken its place; the new file was not put on that node, as a rule",
        FindingKind.ClockUnsteady =>
            "a node's clock was set many times within a day; a machine that sleeps or whose clock is broken does this, and the minutes around each time are left out of the figure of cores that are billed as over",
        FindingKind.OverQuota =>
            "more was used than the license allows; the statement of those days has the same sums",
        FindingKind.NeedsNewerVersion =>
            "a newer version of the product wrote receipts that this issuer does not understand; of a kind that it does not know nothing is counted",
        FindingKind.WrongInstallation =>
            "a license that is bound to certain installations was used on another one",
        FindingKind.Contradiction =>
            "the receipts are genuine, and do not add up to what they say themselves; a faulty or changed program wrote them",
        FindingKind.Overstay =>
            "a node went on by a license for longer than that gives: Licensed after its term, in Grace after its grace, or at work in Lapsed; a changed "
            + "program does this, and as to Grace also a folder of which another ledger was never mailed",
        FindingKind.Gap =>
            "receipts before those in the file are missing; a mail was lost, or one is still on its way",
        FindingKind.Damage =>
            "the file is not as it was written; it was cut off, or changed on the way",
        FindingKind.UnknownLicense =>
            "receipts name a license that this registry never issued, or do not prove one that it did; nothing is billed for it",
        FindingKind.AlteredLicense =>
            "receipts name an issued license and do not prove its text; the program that wrote them was changed, or it ran on another text under this id, which only the vendor's key can sign",
        _ =>
            "two histories of one ledger were signed with its key; a machine that went on from a restored snapshot or as a copy does this, and so does somebody who writes a second one; the history that was stored first is billed, the other is not",
    };

    /// <summary>What to do next, in a sentence.</summary>
    internal static string NextAct(this FindingKind kind) => kind switch
    {
        FindingKind.CarriedOn => "nothing, if the customer knows of it; the statement bills each receipt once",
        FindingKind.NewInstallation => "ask the customer whether the installation is theirs, and confirm or decline it; until then it is billed",
        FindingKind.ClockAhead =>
            "see that the clock of this machine is right, and ask the customer to set that node's; if its status warns of ClockBehind after that, mend it with 'issuer time-reset'",
        FindingKind.Silent => "ask the customer for that node's receipts, or what became of the machine; settle it if there is nothing more to come",
        FindingKind.MailOverdue => "ask the customer to run 'offline-license export' and to mail the file",
        FindingKind.ReplacedLicense => "send the customer the newer license again, and ask for 'offline-license install' on that node",
        FindingKind.ClockUnsteady => "ask the customer to see to that machine's clock, and settle it if the machine sleeps now and then",
        FindingKind.OverQuota => "bill it as agreed, or offer more: 'issuer amend'; then settle it",
        FindingKind.NeedsNewerVersion => "update the issuer, and import the file again",
        FindingKind.WrongInstallation => "ask the customer; issue a license for the new installation if it is theirs",
        FindingKind.Contradiction => "ask the customer which build of the product runs there",
        FindingKind.Overstay => "nothing is billed for it by itself; ask for the receipts of all ledgers of that installation, and which build of the product runs there",
        FindingKind.Gap => "ask the customer for the receipts that are missing; the file waits and is taken in by itself when they come",
        FindingKind.Damage => "ask the customer to send the file again, gzipped",
        FindingKind.UnknownLicense => "ask the customer for the license file, and compare it with those issued",
        FindingKind.AlteredLicense => "nothing of it is billed; ask the customer for the license file, and if that has a good signature and another text, treat the license key as stolen",
        _ => "send the reply, with which the node of the other history begins a new ledger; ask whether a machine was restored or copied, and settle by hand what was used in the other history",
    };
}
