using OfflineLicense.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Books;

/// <summary>A vendor's desk whose books hold one of everything: an amended license, a fork, a gap, a ledger that carries on another, replies.</summary>
internal sealed class VendorDesk : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    private VendorDesk(IssuerDesk desk) => Desk = desk;

    internal IssuerDesk Desk { get; }

    internal string License { get; private set; } = "";

    /// <summary>A node that mailed all it has.</summary>
    internal FleetNode First { get; private set; } = null!;

    /// <summary>A node of which the middle is missing.</summary>
    internal FleetNode Torn { get; private set; } = null!;

    /// <summary>Makes the desk, and imports twice, a day apart.</summary>
    internal static async Task<VendorDesk> Open()
    {
        var books = new VendorDesk(await IssuerDesk.WithHome());
        var desk = books.Desk;
        books.License = await desk.IssueId();
        var license = desk.ReadLicense(books.License);
        await Ok(desk, "amend", books.License, "--cores", "+1");
        books.First = FleetNode.Begin("acme", "one", Start).Hold(license).Use(4, 5);
        var copy = books.First.Copy().Use(1, 2);
        books.First.Use(2, 3).SetClock(books.First.Now.AddHours(1));
        books.Torn = FleetNode.Begin("acme", "torn", Start).Hold(license).Use(3, 6).Restart(1).Use(5, 6);
        desk.Time.Wall = Start.AddDays(1);
        await books.Import(ExitCode.Ok, ("a", books.First.Mail(until: 4)), ("b", books.Torn.Mail(until: 5)));
        desk.Time.Wall = Start.AddDays(2);
        var next = FleetNode.Begin("acme", "next", books.First.Now, books.First).Hold(license).Use(1, 2).Stop();
        await books.Import(ExitCode.Fork, ("a", books.First.Mail(from: 3)), ("b", books.Torn.Mail(from: 9)), ("c", copy.Mail(from: 2)), ("d", next.Mail()));
        return books;
    }

    /// <summary>Imports files that came by mail.</summary>
    internal async Task Import(int exitCode, params (string Name, byte[] Mail)[] files)
    {
        foreach (var (name, mail) in files)
            await File.WriteAllBytesAsync(Desk.Path(name), mail);
        var run = await Desk.Run(["import", .. files.Select(static file => file.Name)]);
        Assert.Equal((exitCode, ""), (run.ExitCode, run.Error));
    }

    /// <summary>Runs a command that must succeed.</summary>
    internal static async Task<string> Ok(IssuerDesk desk, params string[] args)
    {
        var run = await desk.Run(args);
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        return run.Output;
    }

    public void Dispose() => Desk.Dispose();
}
