using OfflineLicense.Tests.Verifier.Command;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace OfflineLicense.Tests.Verifier.Deploy;

/// <summary>What a reviewer of the Kubernetes manifests would look for, and what no cluster would tell before it is too late.</summary>
public sealed class ManifestTests
{
    private static readonly string[] WithPods = ["Deployment", "DaemonSet", "CronJob"];

    public static TheoryData<string> Files => [.. Manifest.Files];

    [Theory]
    [MemberData(nameof(Files))]
    public void Each_mounted_folder_is_used_and_each_volume_is_there(string file)
    {
        foreach (var pod in Manifest.Read(file).Pods)
        {
            var volumes = pod["volumes"]!.Items.Select(volume => volume["name"]!.Text).ToList();
            var mounts = pod.Containers.SelectMany(container => container["volumeMounts"]!.Items).ToList();
            Assert.Equal(volumes.Order(StringComparer.Ordinal), mounts.Select(mount => mount["name"]!.Text).Distinct().Order(StringComparer.Ordinal));
            foreach (var container in pod.Containers)
            {
                var words = container.Words.Concat((container["env"]?.Items ?? []).Select(variable => variable["value"]!.Text!)).ToList();
                foreach (var mount in container["volumeMounts"]!.Items.Select(mount => mount["mountPath"]!.Text!))
                    Assert.Contains(words, word => word.Contains(mount, StringComparison.Ordinal) || IsInScript(file, word, mount));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Each_claim_and_each_config_map_that_is_named_is_in_the_same_file(string file)
    {
        var manifest = Manifest.Read(file);
        var made = manifest.Documents.Select(document => $"{document["kind"]!.Text} {document["metadata"]!["name"]!.Text}").ToList();
        var volumes = manifest.Pods.SelectMany(pod => pod["volumes"]!.Items).ToList();
        Assert.All(volumes.Select(volume => volume["persistentVolumeClaim"]?["claimName"]?.Text).OfType<string>(), name => Assert.Contains($"PersistentVolumeClaim {name}", made));
        Assert.All(volumes.Select(volume => volume["configMap"]?["name"]?.Text).OfType<string>(), name => Assert.Contains($"ConfigMap {name}", made));
        Assert.All(volumes.Select(volume => volume["secret"]).OfType<ManifestNode>(), secret => Assert.Equal("true", secret["optional"]?.Text));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Only_what_makes_the_folders_is_root_and_nothing_can_become_more_than_it_is(string file)
    {
        foreach (var pod in Manifest.Read(file).Pods)
        {
            Assert.Equal("false", pod["automountServiceAccountToken"]?.Text);
            Assert.Equal("true", pod["securityContext"]!["runAsNonRoot"]!.Text);
            Assert.Equal("RuntimeDefault", pod["securityContext"]!["seccompProfile"]!["type"]!.Text);
            foreach (var container in pod.Containers)
            {
                var security = container["securityContext"]!;
                Assert.Equal(("false", "true"), (security["allowPrivilegeEscalation"]!.Text, security["readOnlyRootFilesystem"]!.Text));
                Assert.Equal(["ALL"], security["capabilities"]!["drop"]!.Items.Select(capability => capability.Text));
                var isRoot = security["runAsUser"]?.Text == "0";
                Assert.Equal(isRoot, container["name"]!.Text == "prepare");
                Assert.Equal(isRoot, security["capabilities"]!["add"] is not null);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void All_pods_run_as_one_user_and_no_volume_hands_the_key_to_a_group(string file)
    {
        var pods = Manifest.Read(file).Pods.ToList();
        Assert.Single(pods.Select(pod => pod["securityContext"]!["runAsUser"]!.Text).Distinct());
        Assert.All(
            pods.Where(pod => pod["securityContext"]!["fsGroup"] is not null),
            pod => Assert.Equal("OnRootMismatch", pod["securityContext"]!["fsGroupChangePolicy"]?.Text));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void No_probe_asks_about_licenses(string file)
    {
        var probes = Manifest.Read(file).Pods.SelectMany(pod => pod.Containers)
            .SelectMany(container => new[] { container["livenessProbe"], container["readinessProbe"], container["startupProbe"] }).OfType<ManifestNode>().ToList();
        Assert.NotEmpty(probes);
        Assert.All(probes, probe => Assert.Equal("/live", probe["httpGet"]!["path"]!.Text));
    }

    /// <summary>
    /// <c>kubectl set image --local</c> reads a manifest into the types of the API, with no cluster, and prints what arrived
    /// there: a key that is misspelled or stands in the wrong place does not.
    /// </summary>
    [ToolFact("kubectl")]
    public async Task Kubernetes_own_types_have_each_key_of_each_manifest()
    {
        using var folder = new TemporaryFolder();
        foreach (var document in Manifest.Files.SelectMany(file => Manifest.Read(file).Documents).Where(HasPods))
        {
            using (var text = File.CreateText(folder["one.yaml"]))
                new YamlStream(new YamlDocument(document.Yaml)).Save(text, assignAnchors: false);
            var read = await ToolRun.Of("kubectl", ["set", "image", "--local", "-o", "yaml", "-f", folder["one.yaml"], "*=another:2"]);
            Assert.Equal((0, ""), (read.ExitCode, read.Error));
            var arrived = new YamlStream();
            arrived.Load(new StringReader(read.Output));
            var lost = document.Leaves().Except(new ManifestNode(arrived.Documents[0].RootNode).Leaves());
            Assert.DoesNotContain(lost, leaf => !leaf.Contains(".image=", StringComparison.Ordinal));
        }
    }

    // Those that kubectl cannot be asked about, since it reads only what has pods into its types.
    [Fact]
    public void A_claim_and_a_config_map_have_the_keys_that_theirs_have()
    {
        var others = Manifest.Files.SelectMany(file => Manifest.Read(file).Documents).Where(document => !HasPods(document)).ToList();
        var keys = others.SelectMany(document => document.Leaves()).Select(leaf => leaf[..leaf.IndexOf('=', StringComparison.Ordinal)]).Distinct();
        Assert.Equal(
            [
                ".apiVersion", ".data.pass.sh", ".data.prepare.sh", ".kind", ".metadata.name", ".spec.accessModes[0]",
                ".spec.resources.requests.storage", ".spec.storageClassName",
            ],
            keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_monthly_job_exports_what_the_pods_wrote()
    {
        using var site = new OperatorSite();
        var container = Manifest.Read("shared-volume.yaml").Pods.SelectMany(pod => pod.Containers).Single(container => container["name"]!.Text == "export");
        Assert.Equal("offline-license", container.Words[0]);
        await site.Run("install", "mail/acme.lic");
        site.Work(cores: 4, TimeSpan.FromHours(2));
        Directory.CreateDirectory(site["exports"]);

        var run = await site.Run([.. container.Words.Skip(1).Select(word => word switch
        {
            "/etc/offline-license/streaming-rooms" => site["licenses"],
            "/var/lib/offline-license/streaming-rooms" => site["state"],
            "/exports" => site["exports"],
            _ => word,
        })]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Single(Directory.GetFiles(site["exports"], "*.receipts"));
    }

    private static bool HasPods(ManifestNode document) => WithPods.Contains(document["kind"]!.Text);

    private static bool IsInScript(string file, string word, string folder) =>
        word.StartsWith("/agent/", StringComparison.Ordinal)
        && Manifest.Read(file).Documents.Select(document => document["data"]?[Path.GetFileName(word)]?.Text).OfType<string>()
            .Any(script => script.Contains(folder, StringComparison.Ordinal));
}
