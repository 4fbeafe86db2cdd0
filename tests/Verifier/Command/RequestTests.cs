using System.Text.Json;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Metering;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Command;

/// <summary>The installation's key before the product first starts, and the file by which the vendor binds a license to it.</summary>
public sealed class RequestTests : IDisposable
{
    private readonly OperatorSite _site = new();

    public void Dispose() => _site.Dispose();

    [Fact]
    public async Task Init_makes_the_key_that_the_product_will_use_and_leaves_one_that_is_there()
    {
        Directory.Delete(_site["state"], recursive: true);
        var made = JsonDocument.Parse((await _site.Run("init", "--json")).Output).RootElement;
        var again = JsonDocument.Parse((await _site.Run("init", "--json")).Output).RootElement;
        Assert.Equal((true, false), (made.GetProperty("isNew").GetBoolean(), again.GetProperty("isNew").GetBoolean()));
        Assert.Equal(made.GetProperty("installation").GetString(), again.GetProperty("installation").GetString());
        KeyFile.CheckCustody(_site["state/installation.key"]);

        await _site.Run("install", "mail/acme.lic");
        _site.Work(1, TimeSpan.FromHours(1));
        var head = await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(_site["state/ledgers"], "*.receipts", SearchOption.AllDirectories)));
        Assert.Contains($"\nkey {made.GetProperty("installation").GetString()}/", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_says_the_product_and_the_public_key_and_no_more()
    {
        var run = await _site.Run("request", "ask.request");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        var request = InstallationRequest.Open(await File.ReadAllBytesAsync(_site["ask.request"])).Document!;
        using var key = KeyFile.Read("any", await File.ReadAllTextAsync(_site["state/installation.key"]), default);
        Assert.Equal(InstallationName.Of(key.VerifierKey.PublicKey), request.Installation);
        Assert.Equal(4, InstallationRequest.Print(request).Count(static c => c == '\n'));
    }

    [Fact]
    public async Task A_request_that_is_made_again_is_the_same_and_another_file_is_never_overwritten()
    {
        var named = JsonDocument.Parse((await _site.Run("request", "--json")).Output).RootElement.GetProperty("file").GetString()!;
        var first = await File.ReadAllBytesAsync(named);
        Assert.Equal(ExitCode.Ok, (await _site.Run("request")).ExitCode);
        Assert.Equal(first, await File.ReadAllBytesAsync(named));
        await File.WriteAllTextAsync(named, "a shopping list\n");
        Assert.Equal(ExitCode.Unreadable, (await _site.Run("request")).ExitCode);
        Assert.Equal("a shopping list\n", await File.ReadAllTextAsync(named));
        Assert.Equal(ExitCode.Ok, (await _site.Run("request", "ticket.txt", "--armor")).ExitCode);
        Assert.True(InstallationRequest.Open(await File.ReadAllBytesAsync(_site["ticket.txt"])).Document is not null);
    }

    [Fact]
    public async Task Before_there_is_a_key_the_refusal_names_the_command_that_makes_one()
    {
        File.Delete(_site["state/installation.key"]);
        var run = await _site.Run("request");
        Assert.Equal(ExitCode.Unreadable, run.ExitCode);
        Assert.Contains("offline-license init", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_site[$"state/{InstallationKey.FileName}"]));
    }

    [Fact]
    public async Task A_license_of_another_installation_does_not_count_and_status_says_the_command_that_mends_it()
    {
        await _site.Run("install", "mail/bound.lic");
        var status = await _site.Run("status");
        Assert.Contains("Unlicensed", status.Output, StringComparison.Ordinal);
        Assert.Contains("offline-license request", status.Output, StringComparison.Ordinal);
    }
}
