using System.CommandLine;
using System.Text;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Issuer.Commands;

/// <summary><c>issuer trust sign</c>: one root's signature on a document, which goes round the machines of those who hold roots.</summary>
internal static class TrustSignCommand
{
    internal static Command Create(CommandConsole console, Func<ParseResult, VendorHome> openHome)
    {
        var file = new Argument<string>("FILE") { Description = "What 'issuer trust new' wrote, or what others have signed already" };
        var root = new Option<string?>("--key") { Description = "The root that signs; the first whose secret is here where nothing is said", HelpName = "NAME" };
        var dateIsRight = new Option<bool>("--date-is-right") { Description = "Sign although the machine's date looks wrong" };
        var command = new Command("sign", "Adds a root's signature, after it was recorded; the same file goes to the next root's machine.") { file, root, dateIsRight };
        var signer = SignerSource.AddTo(command);
        command.SetAction(parsed =>
        {
            var home = openHome(parsed);
            var path = console.PathOf(parsed.GetRequiredValue(file));
            var (text, document, note) = Read(console, path);
            var target = Path.ChangeExtension(path, ".trust");
            if (note is null && File.Exists(target))
                throw new CommandFailure($"'{home.NameOf(target)}' has signatures already", "sign that file, which goes on from them", ExitCode.DoesNotFit);
            using var key = signer(parsed).Open(RootOf(home, parsed.GetValue(root)), console);
            var signed = Sign(text, note, key);
            using (var registry = home.OpenRegistry())
                registry.Write(transaction => Record(transaction, document, text, key.VerifierKey, SigningClock.Now(transaction, console.Time, parsed.GetValue(dateIsRight))));
            CommandFiles.Write(target, signed, replace: true);
            new Page().Field("version", Words.Number(document.Version)).Field("signed by", key.VerifierKey.Name)
                .Field("standing", StandingOf(signed, home.ReadTrustBelow(document.Version))).Field("file", home.NameOf(target)).Print(console);
        });
        return command;
    }

    /// <summary>Reads a document, signed or not; nothing is verified but its form.</summary>
    /// <returns>The text, what it says, and the note's bytes; null for a text that nobody has signed.</returns>
    /// <exception cref="CommandFailure">It is no trust document.</exception>
    internal static (string Text, TrustDocument Document, byte[]? Note) Read(CommandConsole console, string path)
    {
        var bytes = console.Read(path, Limits.DocumentBytes);
        var (text, note) = (Encoding.UTF8.GetString(bytes), (byte[]?)null);
        try
        {
            (text, note) = (SignedNote.Split(bytes).UntrustedText, bytes);
        }
        catch (NoteFormatException)
        {
            // A text that nobody has signed yet; or its own reader says what it is.
        }

        try
        {
            return (text, TrustFormat.Parse(text), note);
        }
        catch (DocumentFormatException refused)
        {
            throw new CommandFailure($"{path}: {refused.Message}", "'issuer trust new' writes trust documents", ExitCode.Malformed);
        }
    }

    /// <summary>What is still missing on a document, for who holds a version below it.</summary>
    internal static Cell StandingOf(byte[]? note, Trust trust) => note is null ? new Cell("by nobody yet", Tone.Warning)
        : trust.Open(note) is { Document: null } refused ? new Cell(refused.Reason, Tone.Warning)
        : new Cell("complete: mail it to customers, who install it as they do licenses", Tone.Good);

    private static HomeKey RootOf(VendorHome home, string? name)
    {
        var roots = home.Keys.Where(key => key.Role == KeyRole.Root && (name is null || home.IsNamed(key, name))).ToList();
        return (name is null ? roots.Find(static key => File.Exists(key.Path)) : null) ?? roots.FirstOrDefault() ?? throw new CommandFailure(
            name is null ? "this home has no root" : $"no root is named '{name}'", "'issuer key show' lists the keys; 'issuer key new NAME --role root' makes one");
    }

    private static byte[] Sign(string text, byte[]? note, INoteSigner root)
    {
        try
        {
            return note is null ? DocumentSigning.Sign(text, TrustFormat.Parse, Limits.DocumentBytes, root) : SignedNote.AddSignature(note, root);
        }
        catch (ArgumentException)
        {
            throw new CommandFailure($"{root.VerifierKey.Name} cannot add a signature: it has signed already, or the file is full",
                "name another root by --key, or sign on the machine of another one", ExitCode.DoesNotFit);
        }
    }

    // One version is signed with one text: nodes that took one of two would refuse the other for good.
    private static void Record(RegistryTransaction registry, TrustDocument document, string text, VerifierKey root, DateTimeOffset now)
    {
        var (log, subject, bytes) = (new SigningLog(registry), ExactText.FormatNumber(document.Version), Encoding.UTF8.GetBytes(text));
        if (log.All().Exists(signing => signing.Kind == "trust" && signing.Subject == subject && signing.Sha256 != TrustDocument.NameOf(bytes)))
        {
            throw new CommandFailure($"another trust document of version {subject} was signed here already",
                "sign that one to its quorum; what it lacks belongs into the version after it", ExitCode.DoesNotFit);
        }

        log.Add(now, "trust", subject, root, bytes);
    }
}
