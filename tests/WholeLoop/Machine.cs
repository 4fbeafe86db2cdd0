using OfflineLicense.Keys;
using OfflineLicense.Tests.Verifier.Command;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Formats;
using Xunit;

namespace OfflineLicense.Tests.WholeLoop;

/// <summary>One machine of a customer: the product running on it, the operator's program beside it, its own clock.</summary>
internal sealed class Machine : IDisposable
{
    private readonly string _folder;
    private readonly string _anchors;
    private readonly SigningKey _installation;
    private Node? _node;

    public Machine(string folder, string anchors, SigningKey installation, DateTimeOffset now, int cores)
    {
        (_folder, _anchors, _installation, Cores) = (folder, anchors, installation, cores);
        Time = new ManualTime(now);
        Directory.CreateDirectory(Path.Combine(folder, "licenses"));
        GiveStateFolder();
    }

    public ManualTime Time { get; private set; }

    /// <summary>Cores that its daily work takes.</summary>
    public int Cores { get; }

    public Node Node => _node!;

    /// <summary>Starts the product.</summary>
    public void Start()
    {
        var anchors = TrustAnchors.Parse(File.ReadAllText(_anchors));
        _node = Node.Open(new NodeOptions
        {
            Product = anchors.Product,
            Trust = anchors.ToTrust(),
            LicenseFolder = Path.Combine(_folder, "licenses"),
            StateFolder = Path.Combine(_folder, "state"),
            TimeProvider = Time,
            LookEvery = TimeSpan.FromHours(1),
        });
    }

    /// <summary>A day: eight hours of work, and the rest idle.</summary>
    public void Day()
    {
        Assert.True(Node.TryBegin(Cores, out var usage, out var why), why?.Sentence);
        Time.Advance(TimeSpan.FromHours(8));
        usage.Dispose();
        Time.Advance(TimeSpan.FromHours(16));
    }

    /// <summary>The power fails for good and the state folder is gone: a new machine takes the place, with the customer's key.</summary>
    public void Vanish()
    {
        // Whatever the old process still holds stands still with its clock.
        Time = new ManualTime(Time.Wall);
        Directory.Delete(Path.Combine(_folder, "state"), recursive: true);
        GiveStateFolder();
        Start();
    }

    /// <summary>Runs the operator's program, which must succeed.</summary>
    public async Task<string> Run(params string[] args)
    {
        var run = await Try(args);
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        return run.Output;
    }

    /// <summary>Runs the operator's program.</summary>
    public Task<CommandRun> Try(params string[] args)
    {
        var console = CommandRun.Console(
            _folder, Time, "", (ProductOptions.AnchorsVariable, _anchors), (ProductOptions.LicensesVariable, "licenses"), (ProductOptions.StateVariable, "state"));
        return CommandRun.Of(OperatorProgram.Create, console, args);
    }

    public void Dispose() => _node?.Dispose();

    private void GiveStateFolder()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "state"));
        KeyFile.Create(Path.Combine(_folder, "state", "installation.key"), KeyFile.WriteUnencrypted(_installation));
    }
}
