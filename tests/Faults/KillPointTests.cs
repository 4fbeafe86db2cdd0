using Xunit;
using Xunit.Abstractions;
using static System.FormattableString;

namespace OfflineLicense.Tests.Faults;

/// <summary>
/// The operator's program, killed by the system at the first, second … call of each kind that changes a disk, until it comes
/// to its end: what was there is there, what it was doing is done whole or not at all, and the next one goes on. And the same
/// where the system refuses that call instead.
/// </summary>
public sealed class KillPointTests(ITestOutputHelper output)
{
    // As .NET calls them on Linux, each with what it may be refused with; the counts are of each thread.
    private static readonly (string Name, string[] Errors)[] Calls =
    [
        ("mkdir", ["EACCES", "EROFS", "ENOSPC", "EDQUOT"]),
        ("pwrite64", ["ENOSPC", "EDQUOT", "EIO", "EROFS"]),
        ("fsync", ["EIO", "ENOSPC", "EDQUOT", "EROFS"]),
        ("rename", ["EROFS", "ENOSPC", "EACCES", "EIO"]),
        ("link", ["EDQUOT", "EACCES", "EROFS", "ENOSPC"]),
        ("unlink", ["EACCES", "EROFS", "EIO"]),
    ];

    public static TheoryData<string> Operations => [.. OperatorMachine.Operations.Keys];

    [KillTheory]
    [MemberData(nameof(Operations))]
    public async Task P5_Killed_at_any_call_the_program_leaves_nothing_half_done(string operation) =>
        await AtEachCall(operation, static (_, _) => "signal=SIGKILL", static (exitCode, _) => exitCode == 137);

    [KillTheory]
    [MemberData(nameof(Operations))]
    public async Task P5_A_disk_that_refuses_any_one_call_loses_nothing_that_was_written_and_keeps_no_work_from_running(string operation) =>
        await AtEachCall(
            operation,
            static (errors, number) => "error=" + errors[number % errors.Length],
            (exitCode, error) => exitCode == 0 || (operation is "export" or "install" or "prune" && error.StartsWith("error: ", StringComparison.Ordinal)));

    private async Task AtEachCall(string operation, Func<string[], int, string> faultOf, Func<int, string, bool> isRight)
    {
        using var before = await OperatorMachine.ReadyFor(operation);
        var places = 0;
        foreach (var (call, errors) in Calls)
        {
            for (var number = 1; ; number++)
            {
                using var machine = before.Copy();
                var fault = Invariant($"{faultOf(errors, number)}:when={number}");
                var (exitCode, error, wasPutIn) = await machine.RunWithFault(call, fault, OperatorMachine.Operations[operation]);
                if (!wasPutIn)
                    break;
                places++;
                var place = $"{operation}: {call}:{fault}";
                Assert.True(isRight(exitCode, error), Invariant($"{place}: exit {exitCode}\n{error}"));
                await machine.Check(before, operation, place);
            }
        }

        output.WriteLine(Invariant($"{operation}: {places} calls"));
        Assert.InRange(places, 3, 1000);
    }
}
