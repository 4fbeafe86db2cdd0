using YamlDotNet.RepresentationModel;

namespace OfflineLicense.Tests.Verifier.Deploy;

/// <summary>One file of <c>verifier/deploy/kubernetes</c>: its documents, and the pods that they describe.</summary>
internal sealed class Manifest
{
    public static readonly string Folder = Path.Combine(Snapshot.Repository(), "verifier", "deploy", "kubernetes");

    private Manifest(string file)
    {
        var stream = new YamlStream();
        using (var reader = File.OpenText(Path.Combine(Folder, file)))
            stream.Load(reader);
        Documents = [.. stream.Documents.Select(document => new ManifestNode(document.RootNode))];
    }

    /// <summary>The names of all of them.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. Directory.GetFiles(Folder, "*.yaml").Select(file => Path.GetFileName(file)!)];

    public IReadOnlyList<ManifestNode> Documents { get; }

    /// <summary>The specifications of pods, of whatever kind of document.</summary>
    public IEnumerable<ManifestNode> Pods => Documents.SelectMany(document => document.All).Where(node => node["containers"] is not null);

    public static Manifest Read(string file) => new(file);
}

/// <summary>A node of a manifest, of which the tests ask for what is below it.</summary>
internal sealed record ManifestNode(YamlNode Yaml)
{
    /// <summary>What stands under a key; null when the node is no map or has no such key.</summary>
    public ManifestNode? this[string key] =>
        Yaml is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode(key), out var value) ? new ManifestNode(value) : null;

    /// <summary>The text of a scalar; null for others.</summary>
    public string? Text => (Yaml as YamlScalarNode)?.Value;

    /// <summary>The items of a list; none for others.</summary>
    public IEnumerable<ManifestNode> Items => Yaml is YamlSequenceNode list ? list.Children.Select(item => new ManifestNode(item)) : [];

    /// <summary>This node and all below it.</summary>
    public IEnumerable<ManifestNode> All => Yaml.AllNodes.Select(node => new ManifestNode(node));

    /// <summary>Of a pod: its containers, those that run first among them.</summary>
    public IEnumerable<ManifestNode> Containers => (this["initContainers"]?.Items ?? []).Concat(this["containers"]!.Items);

    /// <summary>Of a container: its command and arguments; empty for what its image runs.</summary>
    public IReadOnlyList<string> Words =>
        [.. (this["command"]?.Items ?? []).Concat(this["args"]?.Items ?? []).Select(word => word.Text!)];

    /// <summary>Every scalar below, with the way to it, as in <c>spec.replicas=3</c>.</summary>
    public IEnumerable<string> Leaves(string path = "") => Yaml switch
    {
        YamlMappingNode map => map.Children.SelectMany(child => new ManifestNode(child.Value).Leaves($"{path}.{child.Key}")),
        YamlSequenceNode list => list.Children.SelectMany((child, index) => new ManifestNode(child).Leaves(FormattableString.Invariant($"{path}[{index}]"))),
        _ => [$"{path}={Text}"],
    };
}
