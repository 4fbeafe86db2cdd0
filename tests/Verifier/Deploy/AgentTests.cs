using OfflineLicense.Tests.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Deploy;

/// <summary>The scripts of the agent in <c>kubernetes/host-folder.yaml</c>, run by a shell with the real program.</summary>
public sealed class AgentTests : IDisposable
{
    private readonly OperatorSite _site = new();

    public AgentTests()
    {
        foreach (var folder in new[] { "vendor", "licenses", "exports" })
            Directory.CreateDirectory(_site[folder]);
    }

    public void Dispose() => _site.Dispose();

    [ToolFact("sh")]
    public async Task A_pass_installs_licenses_and_replies_and_exports_once_a_month()
    {
        Bring("acme.lic", "reply-8.reply");
        await Pass();
        Assert.Equal(["01JDA7X0R3Q8N5V2K6T9W00001.lic", "openvidu-pro.reply"], Names("licenses"));
        Assert.Empty(Names("exports"));

        _site.Work(cores: 4, TimeSpan.FromHours(1));
        await Pass();
        var exported = Assert.Single(Names("exports"));
        _site.Work(cores: 4, TimeSpan.FromHours(1));
        await Pass();
        Assert.Equal([exported], Names("exports"));
    }

    [ToolFact("sh")]
    public async Task A_bad_file_in_the_secret_is_told_and_keeps_no_good_one_out()
    {
        Bring("changed.lic", "acme.lic");
        var run = await Pass();
        Assert.Equal(["01JDA7X0R3Q8N5V2K6T9W00001.lic"], Names("licenses"));
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("changed.lic", run.Error, StringComparison.Ordinal);
    }

    [ToolFact("sh")]
    public async Task A_pass_with_nothing_to_do_does_nothing()
    {
        var run = await Pass();
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Empty(Names("exports"));
    }

    [ToolFact("sh")]
    public async Task What_the_containers_run_is_sound_for_a_shell()
    {
        foreach (var container in Manifest.Read("host-folder.yaml").Pods.SelectMany(pod => pod.Containers).Where(container => container.Words is ["sh", ..]))
        {
            var script = container.Words is ["sh", "-c", var line] ? line : Script(container.Words[1]);
            Assert.Equal((0, ""), await ToolRun.Of("sh", ["-n", "-c", script]) is var run ? (run.ExitCode, run.Error) : default);
        }
    }

    private static string Script(string path) =>
        Manifest.Read("host-folder.yaml").Documents.Select(document => document["data"]?[Path.GetFileName(path)]?.Text).OfType<string>().Single();

    private Task<ToolRun> Pass() => ToolRun.Of(
        "sh", ["-c", Script("/agent/pass.sh")],
        ("PATH", $"{AppContext.BaseDirectory}:{Environment.GetEnvironmentVariable("PATH")}"),
        ("OFFLINE_LICENSE_ANCHORS", _site["openvidu-pro.anchors"]),
        ("LICENSES", _site["licenses"]), ("STATE", _site["state"]), ("EXPORTS", _site["exports"]), ("VENDOR", _site["vendor"]));

    // As the kubelet does: files are links into a folder that is swapped whole.
    private void Bring(params string[] mails)
    {
        Directory.CreateDirectory(_site["vendor/..first"]);
        Directory.CreateSymbolicLink(_site["vendor/..data"], "..first");
        foreach (var mail in mails)
        {
            File.Copy(_site[$"mail/{mail}"], _site[$"vendor/..first/{mail}"]);
            File.CreateSymbolicLink(_site[$"vendor/{mail}"], $"..data/{mail}");
        }
    }

    private IEnumerable<string> Names(string folder) =>
        Directory.GetFiles(_site[folder]).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal);
}
