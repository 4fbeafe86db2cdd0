using OfflineLicense.Keys;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Formats;
using Xunit;

namespace OfflineLicense.Tests.Issuer;

/// <summary>Licenses for the installations that asked.</summary>
public sealed class BoundLicenseTests
{
    [Fact]
    public async Task A_license_for_those_who_ask_names_them_each_once_beside_those_of_the_plan()
    {
        using var desk = await IssuerDesk.WithHome();
        var (first, second) = (Ask(desk, "first"), Ask(desk, "second"));
        Ask(desk, "first", "again");
        const string Named = "offline-license/mfrggzdfmztwq2lknnwg23tpoa";
        var run = await desk.Issue(
            $"{IssuerDesk.SmallPlan}installations:\n  - {Named}\n", "--for", "first.request", "--for", "second.request", "--for", "again.request", "--out", "it.lic");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        var text = SignedNote.Split(await File.ReadAllBytesAsync(desk.Path("it.lic"))).UntrustedText;
        Assert.Equal(new[] { Named, first, second }.Order(StringComparer.Ordinal), LicenseFormat.Parse(text).Installations!.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_new_site_joins_a_bound_license_in_mid_term()
    {
        using var desk = await IssuerDesk.WithHome();
        var (first, second) = (Ask(desk, "first"), Ask(desk, "second"));
        var id = await desk.IssueId("--for", "first.request");
        var run = await desk.Run("amend", id, "--for", "second.request", "--dry-run");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        Assert.Contains(first, run.Output, StringComparison.Ordinal);
        Assert.Contains(second, run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plan.yaml", ExitCode.Malformed, "error: plan.yaml is no installation's request: ")]
    [InlineData("other-product.request", ExitCode.DoesNotFit, "error: other-product.request asks for a license of the product 'other', and this home issues those of 'openvidu-pro'")]
    [InlineData("changed.request", ExitCode.Malformed, "error: changed.request is no installation's request: ")]
    [InlineData("forged.request", ExitCode.NotTrusted, "error: forged.request is no installation's request: ")]
    [InlineData("none.request", ExitCode.Unreadable, "error: cannot read '")]
    public async Task A_request_that_is_none_binds_nothing_and_signs_nothing(string file, int exitCode, string error)
    {
        using var desk = await IssuerDesk.WithHome();
        Ask(desk, "x", "other-product", "other");
        Ask(desk, "x", "changed");
        var good = await File.ReadAllTextAsync(desk.Path("changed.request"));
        await File.WriteAllTextAsync(desk.Path("changed.request"), good.Replace("key offline-license/", "key offline-licence/", StringComparison.Ordinal));
        using (var thief = SigningKey.Generate("thief"))
        {
            // The name and the key of another, over the thief's signature.
            var parts = SignedNote.Split(System.Text.Encoding.UTF8.GetBytes(good));
            await File.WriteAllBytesAsync(desk.Path("forged.request"), SignedNote.Assemble(
                parts.UntrustedText, parts.Signatures[0] with { Signature = thief.Sign(parts.UntrustedTextBytes) }));
        }

        var run = await desk.Issue(IssuerDesk.SmallPlan, "--for", file);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.StartsWith(error, run.Error, StringComparison.Ordinal);
        Assert.Empty(desk.Ids());
    }

    // The request of the installation whose key is made of the seed.
    private static string Ask(IssuerDesk desk, string seed, string? file = null, string product = IssuerDesk.Product)
    {
        using var key = SigningKey.Import("any", System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(seed)));
        File.WriteAllBytes(desk.Path($"{file ?? seed}.request"), InstallationRequest.Sign(product, key));
        return InstallationName.Of(key.VerifierKey.PublicKey);
    }
}
