using System.CommandLine;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Commands;

/// <summary><c>issuer key new</c>, <c>show</c> and <c>passphrase</c>.</summary>
internal static class KeyCommand
{
    internal static Command Create(CommandConsole console, Func<ParseResult, VendorHome> openHome) =>
        new("key", "The home's keys: which there are, and new ones.")
        {
            CreateNew(console, openHome), CreateShow(console, openHome), CreatePassphrase(console, openHome),
        };

    private static Command CreateNew(CommandConsole console, Func<ParseResult, VendorHome> openHome)
    {
        var name = new Argument<string>("NAME") { Description = "What follows the vendor's name in the key's, such as licenses/2027" };
        var role = new Option<string>("--role") { Description = "What the key signs: license, reply, or root for trust documents", Required = true };
        role.AcceptOnlyFromAmong([.. Enum.GetValues<KeyRole>().Select(VendorHome.Word)]);
        var from = new Option<string?>("--from")
        {
            Description = "Take the Ed25519 key in this PEM file, such as one by OpenSSL, instead of a new one",
            HelpName = "FILE",
        };
        var publicHalf = new Option<string?>("--public")
        {
            Description = "Take this PEM file's public key; its secret stays in the hardware module or service that has it, and signs by --signer",
            HelpName = "FILE",
        };
        var command = new Command("new", "Makes a key with a role. The first key of a role goes on signing; issuer.yaml has their order.")
        {
            name, role, from, publicHalf,
        };
        var passphrase = PassphraseSource.ToMake(command);
        command.SetAction(parsed =>
        {
            var home = openHome(parsed);
            var newKey = new NewKey(home, console)
            {
                Role = VendorHome.RoleOf(parsed.GetRequiredValue(role)),
                Name = NewKey.FullName(home, parsed.GetRequiredValue(name)),
            };
            newKey.CheckFree();
            if (parsed.GetValue(publicHalf) is { } pub)
            {
                if (parsed.GetValue(from) is not null)
                    throw new CommandFailure("'--public' and '--from' contradict each other", "a key either comes with its secret, or leaves it where it is", ExitCode.Usage);
                Answer(newKey, newKey.Add(newKey.ReadPublic(pub)));
                return;
            }

            using var key = parsed.GetValue(from) is { } pem ? newKey.Adopt(pem) : SigningKey.Generate(newKey.Name);
            Answer(newKey, newKey.Add(key, passphrase(parsed)));
        });
        return command;

        void Answer(NewKey newKey, VendorHome added) => PageOf(added, added.KeyOf(newKey.Role, newKey.Name)).Print(console);
    }

    private static Command CreatePassphrase(CommandConsole console, Func<ParseResult, VendorHome> openHome)
    {
        var name = new Argument<string>("NAME") { Description = "The key, as 'issuer key show' lists it" };
        var file = new Option<string?>("--old-passphrase-file")
        {
            Description = $"File whose first line is the passphrase of today; else {PassphraseSource.Variable}, else the terminal",
            HelpName = "FILE",
        };
        var command = new Command("passphrase", "Encrypts a key's file with another passphrase; the key stays what it is.") { name, file };
        var passphrase = PassphraseSource.ToMake(command);
        command.SetAction(parsed =>
        {
            var home = openHome(parsed);
            var wanted = parsed.GetRequiredValue(name);
            var key = home.Keys.FirstOrDefault(key => home.IsNamed(key, wanted)) ?? throw NoKey(wanted);
            using var secret = key.Open(console, PassphraseSource.Of(parsed.GetValue(file)));
            key.Rewrite(secret, passphrase(parsed).ForNew(console, isChange: true));
            PageOf(home, key).Print(console);
        });
        return command;
    }

    private static Command CreateShow(CommandConsole console, Func<ParseResult, VendorHome> openHome)
    {
        var name = new Argument<string?>("NAME") { Description = "One key; all where nothing is said", Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<bool>("--json") { Description = "Answer with one JSON object" };
        var command = new Command("show", "The public keys, each on its line, with role and file; never a secret.") { name, json };
        command.SetAction(parsed =>
        {
            var home = openHome(parsed);
            var wanted = parsed.GetValue(name);
            var keys = home.Keys.Where(key => wanted is null || home.IsNamed(key, wanted)).ToList();
            if (keys.Count == 0)
                throw NoKey(wanted!);
            if (parsed.GetValue(json))
                PrintJson(console, home, keys);
            else
                PageOf(home, [.. keys]).Print(console);
        });
        return command;
    }

    private static CommandFailure NoKey(string name) => new($"no key is named '{name}'", "'issuer key show' lists the keys");

    private static Page PageOf(VendorHome home, params IReadOnlyList<HomeKey> keys)
    {
        var page = new Page();
        foreach (var key in keys)
        {
            if (key != keys[0]) page.Line();
            page.Line(key.Verifier.ToString())
                .Field("role", $"{VendorHome.Word(key.Role)}, {(key == home.KeyOf(key.Role) ? "signs" : "trusted, does not sign")}")
                .Field("file", File.Exists(key.Path) ? key.File : $"{key.File}, which is not here");
        }

        return page;
    }

    private static void PrintJson(CommandConsole console, VendorHome home, IReadOnlyList<HomeKey> keys) => JsonAnswer.Print(console, json =>
    {
        json.WriteStartArray("keys");
        foreach (var key in keys)
        {
            json.WriteStartObject();
            json.WriteString("name", key.Verifier.Name);
            json.WriteString("role", VendorHome.Word(key.Role));
            json.WriteBoolean("signs", key == home.KeyOf(key.Role));
            json.WriteString("verifierKey", key.Verifier.ToString());
            json.WriteString("file", key.File);
            json.WriteBoolean("isHere", File.Exists(key.Path));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
