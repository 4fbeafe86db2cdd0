using System.Diagnostics;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Metering;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

public sealed class LicenseFolderTests
{
    [ToolFact("mkfifo")]
    public async Task A_pipe_in_the_license_folder_keeps_no_node_waiting()
    {
        using var site = new NodeSite();
        site.Put();
        foreach (var name in (string[])["a.lic", "a.reply"])
        {
            using var made = Process.Start("mkfifo", Path.Combine(site.LicenseFolder, name));
            await made.WaitForExitAsync();
        }

        using var node = site.Open();
        Assert.Equal(LicenseState.Licensed, node.Verdict.State);
        Assert.Single(node.Verdict.NotCounting);
    }

    [Fact]
    public void A_folder_that_no_person_filled_is_looked_at_up_to_a_bound()
    {
        using var site = new NodeSite();
        for (var i = 0; i < LicenseFolder.MostReplies + 5; i++)
            File.WriteAllText(Path.Combine(site.LicenseFolder, FormattableString.Invariant($"{i:000}.reply")), "x");
        var folder = new LicenseFolder(LedgerDisk.Real, site.LicenseFolder, Licenses.Trust);
        folder.Look();
        Assert.Equal(LicenseFolder.MostReplies, folder.Replies.Count);
    }
}
