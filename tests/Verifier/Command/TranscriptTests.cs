using Xunit;

namespace OfflineLicense.Tests.Verifier.Command;

public sealed class TranscriptTests
{
    [Theory]
    [InlineData("operator-first-day")]
    [InlineData("operator-year")]
    [InlineData("operator-prune")]
    [InlineData("operator-bad-files")]
    [InlineData("operator-bad-lines")]
    [InlineData("operator-help")]
    public async Task A_session_of_the_operator_reads_as_written(string name)
    {
        using var site = new OperatorSite();
        await Transcript.Check(name, site.Line);
    }
}
