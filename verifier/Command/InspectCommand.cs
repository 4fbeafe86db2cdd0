using System.CommandLine;
using OfflineLicense.Verifier.Explanations;

namespace OfflineLicense.Verifier.Command;

/// <summary>
/// <c>offline-license inspect</c>: what any file of the product says, in words, before it is mailed or believed. It needs
/// neither anchors nor folders; with anchors it also tells whether a known key signed the file.
/// </summary>
internal static class InspectCommand
{
    private const long MostBytes = 256L * 1024 * 1024;

    public static Subcommand Create(CommandConsole console, ProductOptions products) =>
        Create(console, parsed => products.Find(parsed) is { } product ? KeysOf(product) : null);

    /// <summary>The same for a program that has keys of its own.</summary>
    /// <param name="console">Where to answer.</param>
    /// <param name="trustedKeys">The keys that are trusted; null where none are at hand.</param>
    public static Subcommand Create(CommandConsole console, Func<ParseResult, KnownKeys?> trustedKeys)
    {
        var files = new Argument<string[]>("FILE")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = "Files of any kind; - for standard input",
        };
        var json = new Option<bool>("--json") { Description = "Answer with one JSON object" };
        var command = new Subcommand("inspect", "What a file says, every field of it, in words, and whether its signature is good.")
        {
            files, json,
        };
        command.SetAction(parsed =>
        {
            var trusted = trustedKeys(parsed);
            var explained = parsed.GetRequiredValue(files)
                .Select(file => Explanation.Of(console.Read(file, MostBytes), CommandFiles.NameOf(file), trusted ?? KnownKeys.None))
                .ToList();
            if (parsed.GetValue(json))
                PrintJson(console, explained);
            else
                PageOf(explained, trusted is not null).Print(console);
            return explained.Exists(static file => !IsUnderstood(file)) ? ExitCode.Malformed
                : explained.Exists(file => IsSigned(file) && !file.IsVerified && (trusted is not null || BringsKey(file))) ? ExitCode.NotTrusted
                : ExitCode.Ok;
        });
        return command;
    }

    /// <summary>The license keys, and the reply keys that the licenses in place name.</summary>
    private static KnownKeys KeysOf(ProductFiles product)
    {
        var view = product.View();
        var replies = view.Candidates.Select(static candidate => candidate.Signed?.License).OfType<License>().SelectMany(view.Trust.ReplyKeysFor);
        return KnownKeys.Of(view.Trust, replies);
    }

    private static bool IsUnderstood(Explanation file) => !file.Lines.Any(static line => line.Label == "not understood");

    private static bool IsSigned(Explanation file) =>
        file.Kind is not ("verifier key" or "private key" or "gzip" or "trust anchors" or "unknown");

    // Its name is made of its key, so nobody has to be told the key.
    private static bool BringsKey(Explanation file) => file.Kind is "receipts" or "installation request";

    private static Page PageOf(List<Explanation> explained, bool hasAnchors)
    {
        var page = new Page();
        foreach (var file in explained)
        {
            if (file != explained[0]) page.Line();
            // The last sentence stays last: it answers what the reader asks, what else leaves with this file.
            var isWhole = file.Lines is [.., { Label.Length: 0 }];
            foreach (var line in isWhole ? file.Lines.SkipLast(1) : file.Lines)
                Add(page, line);
            page.Line(file.IsVerified
                ? $"verified: {(BringsKey(file) ? "the installation's key, which the file brings, signed it" : "a key that is trusted here signed it")}"
                : $"not verified: {(hasAnchors || !IsSigned(file) || BringsKey(file) ? file.NotVerifiedReason : "no trust anchors are at hand")}",
                file.IsVerified ? Tone.Good : IsSigned(file) ? Tone.Bad : Tone.Faint);
            if (isWhole) Add(page, file.Lines[^1]);
        }

        return page;
    }

    private static Page Add(Page page, ExplanationLine line) =>
        line.Label.Length == 0 ? page.Line(line.Text, Tone.Faint) : page.Field(line.Label, line.Text);

    private static void PrintJson(CommandConsole console, List<Explanation> explained) => JsonAnswer.Print(console, json =>
    {
        json.WriteStartArray("files");
        foreach (var file in explained)
        {
            json.WriteStartObject();
            json.WriteString("kind", file.Kind);
            json.WriteBoolean("isVerified", file.IsVerified);
            json.WriteString("notVerifiedReason", file.IsVerified ? null : file.NotVerifiedReason);
            json.WriteStartArray("lines");
            foreach (var line in file.Lines)
            {
                json.WriteStartObject();
                json.WriteString("label", line.Label);
                json.WriteString("text", line.Text);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
