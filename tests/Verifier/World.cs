using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Verdicts;

namespace OfflineLicense.Tests.Verifier;

/// <summary>
/// A node at one moment: its license files and facts, and how long a case has been going on. Begins as a node with one
/// good license that it has run under before; a case by its code is laid upon it.
/// </summary>
internal sealed record World
{
    public static readonly TimeSpan MailEvery = TimeSpan.FromDays(90);

    /// <summary>The moment of the verdict, far enough into the term for any age.</summary>
    public DateTimeOffset Now { get; init; } = Licenses.Day(400);

    public License License { get; init; } = Licenses.Plain;

    /// <summary>Files beside the license's own.</summary>
    public IReadOnlyList<LicenseCandidate> Others { get; init; } = [];

    public NodeFacts Facts { get; init; } = new()
    {
        Product = Licenses.Product,
        Installation = Licenses.Installation,
        Built = Licenses.Day(300),
        Counted = new HashSet<string> { Licenses.Plain.Id },
        LastActive = Licenses.Plain.Id,
        GraceSeconds = 86400,
    };

    /// <summary>Whether the license's own file is missing.</summary>
    public bool IsEmpty { get; init; }

    /// <summary>Whether the license was taken back.</summary>
    public bool IsRevoked { get; init; }

    public IReadOnlyList<LicenseCandidate> Files => IsEmpty ? Others : [IsRevoked ? BadFiles.Revoked(License) : Licenses.Candidate(_ => License), .. Others];

    public Verdict Verdict => Evaluation.Evaluate(Files, Facts, Now);

    public Foretelling Foretelling => new(Files, Facts, Now);

    /// <summary>Whether a product that asks for one more core is refused.</summary>
    public bool RefusesNewWork =>
        !Verdict.MayBegin || Verdict.MinutesRefusal is not null
        || Facts.CoresInUse + 1 > Verdict.RefuseCoresAbove || Facts.NodeCoresInUse + 1 > Verdict.RefuseNodeCoresAbove;

    /// <summary>Lets something be the case, for some time already where it is of the kind that began.</summary>
    public World Where(string code, TimeSpan age)
    {
        var began = Now - age;
        var quota = License.Quota;
        return code switch
        {
            ReasonCode.TermEnded => With(License with { Until = began }),
            ReasonCode.MailOverdue => With(MailDuty) with { Facts = Facts with { OldestUnexported = began - MailEvery } },
            ReasonCode.LedgerUnwritable => Held(code, began, Facts with { LedgerUnwritable = "the disk is full" }),
            ReasonCode.NoLicenseCounts => With(License with { BuildsUntil = Licenses.Day(1) }).Held(code, began, Facts),
            ReasonCode.Revoked => (this with { IsRevoked = true }).Held(code, began, Facts),
            ReasonCode.TrustRefused => this with { Facts = Facts with { RefusedTrust = [new Reason { Code = code, Sentence = "it is not good", Mend = "get it again", File = "trust-000002.trust" }] } },
            ReasonCode.NodeMinutesUsed => With(License with { Quota = quota with { NodeMinutes = 60 } }).Held(code, began, Used(3600)),
            ReasonCode.CoreMinutesUsed => With(License with { Quota = quota with { CoreMinutes = 60 } }).Held(code, began, Used(3600)),
            ReasonCode.CoresExceeded => With(License with { Quota = quota with { Cores = 8 } })
                .Held(code, began, Facts with { CoresInUse = 9 }),
            ReasonCode.NodeCoresExceeded => With(License with { Quota = quota with { NodeCores = 4 } })
                .Held(code, began, Facts with { NodeCoresInUse = 5 }),
            ReasonCode.ClockBehind => this with { Facts = Facts with { ClockBehind = Now - TimeSpan.FromDays(1) } },
            ReasonCode.LedgerDamaged => this with { Facts = Facts with { LedgerDamaged = "ledgers/x: line 7" } },
            ReasonCode.LedgerRolledBack => this with { Facts = Facts with { LedgerRolledBack = "ledgers/x: 7 receipts" } },
            ReasonCode.QuotaThreeQuarters => With(License with { Quota = quota with { NodeMinutes = 80 } }) with { Facts = Used(3600) },
            ReasonCode.QuotaNineTenths => With(License with { Quota = quota with { NodeMinutes = 66 } }) with { Facts = Used(3600) },
            ReasonCode.TermEndsSoon => With(License with { Until = Now + TimeSpan.FromDays(30) }),
            ReasonCode.MailDueSoon => With(MailDuty) with { Facts = Facts with { OldestUnexported = Now - TimeSpan.FromDays(60) } },
            _ => throw new ArgumentException($"no world is known for the case {code}", nameof(code)),
        };
    }

    /// <summary>The world of the node after it was restarted: what held is known from its receipts.</summary>
    public World Restarted() => this with
    {
        Facts = Facts with { Held = [.. Verdict.Reasons.Select(reason => new HeldReason(reason.Code, reason.Since!.Value))] },
    };

    /// <summary>The world later on, with the node having run all the time under one verdict: what held goes on to hold.</summary>
    public World RunUntil(DateTimeOffset later)
    {
        var verdict = Verdict;
        var ran = (long)(later - Now).TotalSeconds;
        var active = verdict.License?.Id ?? Facts.LastActive;
        return this with
        {
            Now = later,
            Facts = Facts with
            {
                Held = [.. verdict.Reasons.Where(reason => reason.Since is not null).Select(reason => new HeldReason(reason.Code, reason.Since!.Value))],
                GraceSeconds = verdict.State == LicenseState.Licensed ? 0 : Facts.GraceSeconds + (verdict.State == LicenseState.Grace ? ran : 0),
                LastActive = active,
                Counted = active is null ? Facts.Counted : new HashSet<string>(Facts.Counted) { active },
            },
        };
    }

    private License MailDuty => License with { Receipts = new LicenseReceipts { MailEvery = Duration.Parse("90d") } };

    private World With(License license) => this with { License = license };

    private World Held(string code, DateTimeOffset since, NodeFacts facts) =>
        this with { Facts = facts with { Held = [.. facts.Held, new HeldReason(code, since)] } };

    private NodeFacts Used(long seconds) => Facts with
    {
        Use = new UseOfMinutes([new DayOfUse(License.Id, new DateOnly(2026, 1, 1), seconds, seconds, IsAcknowledged: false)], []),
    };
}
