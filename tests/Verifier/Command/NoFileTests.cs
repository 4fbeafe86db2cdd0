using System.Diagnostics;
using System.Net.Sockets;
using OfflineLicense.Tests.Issuer;
using OfflineLicense.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Command;

/// <summary>An operator, or a clerk, names what is no file. No command waits for a pipe that nobody writes, or reads a device for ever.</summary>
public sealed class NoFileTests
{
    [ToolTheory("mkfifo")]
    [InlineData("install")]
    [InlineData("inspect")]
    [InlineData("statement")]
    [InlineData("check")]
    [InlineData("export", "new.receipts", "--from")]
    [InlineData("check", "mail/acme.lic", "--license")]
    [InlineData("status", "--anchors")]
    public async Task The_operator_is_told_that_it_is_no_file(params string[] command)
    {
        using var site = new OperatorSite();
        await site.Run("install", "mail/acme.lic");
        site.Work(1, TimeSpan.FromHours(1));
        using var socket = MakeNoFiles(site.Path);
        foreach (var name in (string[])["pipe", "socket", "/dev/zero"])
            Check(await site.Run([.. command, name]), name);
    }

    [ToolTheory("mkfifo")]
    [InlineData("import")]
    [InlineData("inspect")]
    [InlineData("issue")]
    [InlineData("show")]
    [InlineData("key", "new", "licenses/2027", "--role", "license", "--no-passphrase", "--from")]
    [InlineData("issue", "--out", "out", "--batch")]
    [InlineData("key", "new", "licenses/2028", "--role", "license", "--passphrase-file")]
    public async Task The_clerk_is_told_that_it_is_no_file(params string[] command)
    {
        using var desk = await IssuerDesk.WithHome();
        using var socket = MakeNoFiles(desk.Home);
        foreach (var name in (string[])["pipe", "socket", "/dev/zero"])
            Check(await desk.Run([.. command, name]), name);
    }

    private static void Check(CommandRun run, string name)
    {
        Assert.Equal(ExitCode.Unreadable, run.ExitCode);
        Assert.Matches($"(?m)^(error: cannot read '|problem  cannot read ).*{name}'?: it is a pipe, a socket or a device, and no file$", run.Output + run.Error);
    }

    private static Socket MakeNoFiles(string folder)
    {
        using var mkfifo = Process.Start("mkfifo", Path.Combine(folder, "pipe"));
        mkfifo.WaitForExit();
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, "socket")));
        return socket;
    }
}
