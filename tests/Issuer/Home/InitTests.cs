using OfflineLicense.Issuer.Home;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Tests.Issuer.Registry;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Home;

public sealed class InitTests
{
    [SqliteFact]
    public async Task A_new_home_has_all_that_the_first_license_needs()
    {
        using var desk = await IssuerDesk.WithHome();
        Assert.Equal(
            ["issuer.yaml", "keys/licenses-2026.key", "keys/licenses-2026.pub", "keys/replies-2026.key", "keys/replies-2026.pub",
                "openvidu-pro.anchors", "plans/sample.yaml", "registry.db"],
            Directory.EnumerateFiles(desk.Home, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(desk.Home, file).Replace('\\', '/')).Order(StringComparer.Ordinal));
        var run = await desk.Run("issue", "plans/sample.yaml");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task The_keys_are_the_owners_alone_and_the_anchors_hold_the_license_key()
    {
        using var desk = await IssuerDesk.WithHome();
        var home = desk.OpenHome();
        Assert.Equal(["vendor.example/licenses/2026", "vendor.example/replies/2026"], home.Keys.Select(static key => key.Verifier.Name));
        Assert.Equal(home.VerifiersOf(KeyRole.License), home.ReadAnchors().LicenseKeys);
        if (OperatingSystem.IsWindows()) return;
        foreach (var key in home.Keys)
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key.Path));
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(desk.Path("keys")) & (UnixFileMode)0b111111);
    }

    [Fact]
    public async Task A_passphrase_encrypts_both_keys()
    {
        using var desk = IssuerDesk.Empty();
        var run = await IssuerDesk.RunWith(
            desk.Console(desk.Folder, (PassphraseSource.Variable, "correct horse")),
            "init", "home", "--vendor", "vendor.example", "--product", "p");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        Assert.DoesNotContain("PRIVATE", run.Output, StringComparison.Ordinal);
        foreach (var key in desk.OpenHome().Keys)
        {
            var pem = File.ReadAllText(key.Path);
            Assert.True(KeyFile.IsEncrypted(pem));
            using var opened = KeyFile.Read(key.Verifier.Name, pem, "correct horse");
            Assert.Equal(key.Verifier, opened.VerifierKey);
        }
    }

    [Theory]
    [InlineData("error: no passphrase is given, and nobody is at a terminal to ask\nhint: give --passphrase-file, or set ISSUER_PASSPHRASE\n",
        "home", "--vendor", "v", "--product", "p")]
    [InlineData("error: --vendor: 'Acme Inc' is not 1 to 63 of a-z 0-9 . - that begin with a letter or digit\n",
        "home", "--vendor", "Acme Inc", "--product", "p", "--no-passphrase")]
    [InlineData("error: --vendor: 'offline-license' is the beginning of customers' names\n",
        "home", "--vendor", "offline-license", "--product", "p", "--no-passphrase")]
    [InlineData("error: --product: '../p' is not 1 to 63 of a-z 0-9 . - that begin with a letter or digit\n",
        "home", "--vendor", "v", "--product", "../p", "--no-passphrase")]
    [InlineData("error: '--no-passphrase' and '--passphrase-file' contradict each other\n",
        "home", "--vendor", "v", "--product", "p", "--no-passphrase", "--passphrase-file", "x")]
    [InlineData("error: option '--vendor' is required\nhint: see 'issuer init --help'\n", "home", "--product", "p")]
    public async Task An_init_that_cannot_be_leaves_nothing(string error, params string[] args)
    {
        using var desk = IssuerDesk.Empty();
        var run = await desk.RunIn(desk.Folder, ["init", .. args]);
        Assert.NotEqual(ExitCode.Ok, run.ExitCode);
        Assert.Equal(("", error), (run.Output, run.Error));
        Assert.Empty(Directory.GetFileSystemEntries(desk.Folder));
    }

    [Fact]
    public async Task Nothing_is_overwritten()
    {
        using var desk = await IssuerDesk.WithHome();
        var before = desk.Everything();
        var run = await desk.RunIn(desk.Folder, "init", "home", "--vendor", "v", "--product", "p", "--no-passphrase");
        Assert.Equal((ExitCode.Unreadable, $"error: '{desk.Home}' is a vendor's home already; nothing was changed\n"), (run.ExitCode, run.Error));
        Assert.Equal(before, desk.Everything());
        Directory.CreateDirectory(Path.Combine(desk.Folder, "other", "things"));
        run = await desk.RunIn(desk.Folder, "init", "other", "--vendor", "v", "--product", "p", "--no-passphrase");
        Assert.Equal(ExitCode.Unreadable, run.ExitCode);
        Assert.Contains("is there and not an empty folder", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_folder_becomes_a_home_and_a_missing_parent_is_told()
    {
        using var desk = IssuerDesk.Empty();
        Directory.CreateDirectory(desk.Home);
        var run = await desk.RunIn(desk.Folder, "init", "home/", "--vendor", "v", "--product", "p", "--no-passphrase");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        File.WriteAllText(Path.Combine(desk.Folder, "file"), "");
        run = await desk.RunIn(desk.Folder, "init", "file/home", "--vendor", "v", "--product", "p", "--no-passphrase");
        Assert.Equal(ExitCode.Unreadable, run.ExitCode);
        Assert.StartsWith("error: cannot make ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list")]
    [InlineData("key show")]
    [InlineData("issue plan.yaml")]
    [InlineData("show 01JDA7X0R3Q8N5V2K6T9W4M1ZC")]
    public async Task Outside_of_a_home_a_command_says_how_to_enter_or_make_one(string line)
    {
        using var desk = IssuerDesk.Empty();
        var run = await desk.RunIn(desk.Folder, line.Split(' '));
        Assert.Equal(
            (ExitCode.Unreadable, "", $"error: '{desk.Folder}' is no vendor's home: it has no issuer.yaml\n"
                + "hint: enter one, name one by --home or OFFLINE_LICENSE_HOME, or make one by 'issuer init FOLDER'\n"),
            (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task A_home_is_named_by_option_or_variable()
    {
        using var desk = await IssuerDesk.WithHome();
        var byOption = await desk.RunIn(desk.Folder, "list", "--home", "home");
        var byVariable = await IssuerDesk.RunWith(desk.Console(desk.Folder, (VendorHome.Variable, desk.Home)), "list");
        Assert.Equal((ExitCode.Ok, ExitCode.Ok), (byOption.ExitCode, byVariable.ExitCode));
    }

    [Theory]
    [InlineData("vendor: v\n", "line 1 of issuer.yaml: 'format' is missing, or no single value")]
    [InlineData("format: offline-license/issuer/v2\n", "line 1 of issuer.yaml: the format is not 'offline-license/issuer/v1'; a newer issuer may have written it")]
    [InlineData("format: offline-license/issuer/v1\nvendor: v\nproduct: p\nregistry: r\n", "line 1 of issuer.yaml: 'keys' is missing, or no map of roles")]
    [InlineData("format: offline-license/issuer/v1\nkeys: {boss: []}\n", "line 2 of issuer.yaml: 'keys.boss' is not known here")]
    [InlineData("format: offline-license/issuer/v1\nregister: r\n", "line 2 of issuer.yaml: 'register' is not known here")]
    [InlineData("format: offline-license/issuer/v1\nvendor: v\nproduct: P\nregistry: r\nkeys: {license: [a.key], reply: [b.key]}\n",
        "line 3 of issuer.yaml: 'P' is not 1 to 63 of a-z 0-9 . - that begin with a letter or digit")]
    [InlineData("format: offline-license/issuer/v1\nvendor: v\nproduct: p\nregistry: r\nkeys: {license: [a.pem], reply: [b.key]}\n",
        "line 5 of issuer.yaml: 'keys.license' has an item that is no file *.key")]
    [InlineData("[", "line 2 of issuer.yaml: not YAML: ")]
    public async Task Settings_that_cannot_be_used_are_told_with_their_line(string settings, string error)
    {
        using var desk = await IssuerDesk.WithHome();
        File.WriteAllText(desk.Path("issuer.yaml"), settings);
        var run = await desk.Run("list");
        Assert.Equal(ExitCode.Malformed, run.ExitCode);
        Assert.StartsWith($"error: {error}", run.Error, StringComparison.Ordinal);
    }
}
