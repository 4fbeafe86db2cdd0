using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using OfflineLicense.Hosting;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.Conventions;

public sealed class ConventionTests
{
    private static readonly string[] Shipped = ["keys", "verifier", "issuer"];

    [Theory]
    [InlineData("OfflineLicense.Keys", new string[0])]
    [InlineData("OfflineLicense.Verifier", new[] { "OfflineLicense.Keys" })]
    [InlineData("OfflineLicense.Hosting", new[] { "OfflineLicense.Keys", "OfflineLicense.Verifier" })]
    [InlineData("OfflineLicense.Testing", new[] { "OfflineLicense.Keys", "OfflineLicense.Verifier" })]
    [InlineData("offline-license", new[] { "OfflineLicense.Keys", "OfflineLicense.Verifier" })]
    [InlineData("issuer", new[] { "OfflineLicense.Keys", "OfflineLicense.Verifier", "offline-license" })]
    public void A_folder_knows_only_those_below_it(string assembly, string[] below)
    {
        string[] ours =
            ["OfflineLicense.Keys", "OfflineLicense.Verifier", "OfflineLicense.Hosting", "OfflineLicense.Testing", "offline-license", "issuer"];
        var referenced = Assembly.Load(assembly).GetReferencedAssemblies().Select(name => name.Name!).Where(ours.Contains);
        Assert.Empty(referenced.Except(below));
    }

    [Theory]
    [InlineData(typeof(VerifierKey))]
    [InlineData(typeof(Node))]
    [InlineData(typeof(OfflineLicenseOptions))]
    [InlineData(typeof(CommandConsole))]
    public void Nothing_that_runs_at_a_customer_refers_to_the_network(Type typeInAssembly) =>
        Assert.DoesNotContain(NamesIn(typeInAssembly.Assembly.Location), IsOfTheNetwork);

    [Fact]
    public void What_hosting_brings_along_refers_to_no_network_either()
    {
        var brought = new HashSet<string>(StringComparer.Ordinal);
        var toDo = new Stack<Assembly>([typeof(OfflineLicenseOptions).Assembly]);
        while (toDo.TryPop(out var assembly))
        {
            foreach (var name in assembly.GetReferencedAssemblies())
            {
                if (name.Name!.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal) && brought.Add(name.Name))
                    toDo.Push(Assembly.Load(name));
            }
        }

        Assert.Contains("Microsoft.Extensions.Hosting.Abstractions", brought);
        Assert.All(brought, name => Assert.DoesNotContain(NamesIn(Assembly.Load(name).Location), IsOfTheNetwork));
    }

    [Theory]
    [InlineData("Org.BouncyCastle", "keys/Ed25519Primitive.cs")]
    [InlineData("YamlDotNet", "issuer/Plans/YamlTree.cs")]
    public void A_library_is_named_in_one_file(string library, string file) =>
        Assert.Equal([file], Sources.Of(Shipped).Where(source => Sources.Text(source).Contains("using " + library, StringComparison.Ordinal)));

    [Theory]
    [InlineData("OfflineLicense.Keys", new[] { "BouncyCastle.Crypto", "BouncyCastle.Cryptography" })]
    [InlineData("OfflineLicense.Verifier", new[] { "OfflineLicense.Keys" })]
    public void A_product_that_embeds_the_library_carries_Bouncy_Castle_and_nothing_else_of_others(string assembly, string[] allowed) =>
        Assert.DoesNotContain(
            Assembly.Load(assembly).GetReferencedAssemblies().Select(name => name.Name!),
            name => !name.StartsWith("System.", StringComparison.Ordinal) && name is not ("Microsoft.Win32.Primitives" or "Microsoft.Win32.Registry") && !allowed.Contains(name));

    [Fact]
    public void The_ledger_reaches_the_disk_through_one_file() =>
        Assert.Equal(
            ["verifier/Ledger/RealLedgerDisk.cs"],
            Sources.Of("verifier/Ledger").Where(source =>
            {
                var text = Sources.Text(source);
                return text.Contains("File.", StringComparison.Ordinal) && Calls.Any(call => text.Contains(call, StringComparison.Ordinal));
            }));

    [Fact]
    public void A_file_tells_one_story_in_400_lines_at_most() =>
        Assert.DoesNotContain(Sources.Of(Shipped), source => Sources.Text(source).Count(letter => letter == '\n') > 400);

    [Fact]
    public void Nothing_is_left_for_later() =>
        Assert.DoesNotContain(
            Sources.Of("keys", "verifier", "issuer", "tests").Where(source => !source.EndsWith("/ConventionTests.cs", StringComparison.Ordinal)),
            source => Later.Any(word => Sources.Text(source).Contains(word, StringComparison.Ordinal)));

    [Fact]
    public void Each_promise_of_the_front_page_is_a_test_by_name()
    {
        var names = string.Concat(typeof(ConventionTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance))
            .Select(method => $"_{method.Name}_"));
        for (var number = 1; number <= 9; number++)
            Assert.Contains(FormattableString.Invariant($"_P{number}_"), names, StringComparison.Ordinal);
    }

    private static readonly string[] Later = ["NotImplementedException", "TODO", "FIXME", "HACK"];

    private static readonly string[] Calls =
        ["new FileStream(", "File.Open", "File.Write", "File.Move", "File.Delete", "File.Create", "Directory.Create", "Directory.Delete", "RandomAccess."];

    private static bool IsOfTheNetwork(string name) => name.StartsWith("System.Net.", StringComparison.Ordinal);

    /// <summary>The types and assemblies that an assembly refers to, by their full names.</summary>
    private static List<string> NamesIn(string assemblyFile)
    {
        using var file = new PEReader(File.OpenRead(assemblyFile));
        var metadata = file.GetMetadataReader();
        var types = metadata.TypeReferences
            .Select(metadata.GetTypeReference)
            .Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}");
        var assemblies = metadata.AssemblyReferences
            .Select(metadata.GetAssemblyReference)
            .Select(reference => metadata.GetString(reference.Name));
        return [.. types, .. assemblies];
    }
}
