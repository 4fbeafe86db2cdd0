using Xunit;

namespace OfflineLicense.Tests.Verifier.Command;

/// <summary>
/// The real programs under the real clocks of the system, which are told what day it is: what no test with a clock of its
/// own can show is that the programs ask no other.
/// </summary>
public sealed class FakeTimeTests
{
    [ToolTheory("faketime")]
    [InlineData("faketime-term")]
    [InlineData("faketime-clock")]
    public async Task A_session_under_a_faked_clock_reads_as_written(string name)
    {
        using var site = new FakeTimeSite();
        await Transcript.Check(name, site.Line);
    }
}
