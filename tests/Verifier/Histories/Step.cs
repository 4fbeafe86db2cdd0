using System.Globalization;

namespace OfflineLicense.Tests.Verifier.Histories;

/// <summary>What can happen to a machine. What two numbers mean to each is said in <see cref="Machine"/>.</summary>
internal enum Act
{
    Pass,
    Run,
    Off,
    SetClock,
    Suspend,
    Freeze,
    Put,
    PutBad,
    Spoil,
    Remove,
    Reply,
    Export,
    Begin,
    End,
    BreakDisk,
    MendDisk,
    Restart,
    Kill,
}

/// <summary>
/// One step of a history. Its numbers are choices, not references: whatever is left out before it, it still means
/// something, so that a history can be cut down to the steps that matter.
/// </summary>
internal readonly record struct Step(Act Act, int A, int B)
{
    // How often each happens beside the others.
    private static readonly (Act Act, int Weight)[] Usual =
    [
        (Act.Pass, 30), (Act.Run, 8), (Act.Off, 3), (Act.SetClock, 2), (Act.Suspend, 2), (Act.Freeze, 2),
        (Act.Put, 8), (Act.PutBad, 3), (Act.Spoil, 2), (Act.Remove, 4), (Act.Reply, 2), (Act.Export, 3),
        (Act.Begin, 14), (Act.End, 9), (Act.BreakDisk, 1), (Act.MendDisk, 2), (Act.Restart, 3), (Act.Kill, 3),
    ];

    /// <summary>Draws a history.</summary>
    public static List<Step> Draw(Random random, int count)
    {
        var whole = Usual.Sum(static act => act.Weight);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var point = random.Next(whole);
            var act = Usual.First(entry => (point -= entry.Weight) < 0).Act;
            return new Step(act, random.Next(1000), random.Next(1 << 20));
        })];
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"new(Act.{Act}, {A}, {B})");
}
