using System.CommandLine;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Issuer.Commands;

/// <summary>
/// A license as a person names it: by its id, by 8 characters or more of the id's beginning that no other has, or by its file, whose text
/// must be the one on file here.
/// </summary>
internal sealed class LicenseArgument
{
    private const int MostNamed = 4;

    /// <summary>
    /// The fewest characters of an id. All ids of these years begin alike, so with one license on file two characters would be
    /// "unique", and a slip of the keyboard would amend it.
    /// </summary>
    private const int LeastCharacters = 8;

    private readonly string _given;
    private readonly string _id;
    private readonly byte[]? _text;

    private LicenseArgument(string given, string id, byte[]? text) => (_given, _id, _text) = (given, id, text);

    internal static Argument<string> Create() => new("LICENSE")
    {
        Description = "The license: its id, 8 characters or more of its beginning that no other has, or its file",
    };

    /// <summary>Reads what was given; a file is opened here.</summary>
    /// <exception cref="CommandFailure">It is no id, and no file of a license.</exception>
    internal static LicenseArgument Read(CommandConsole console, string given)
    {
        var id = given.ToUpperInvariant();
        if (id.Length is > 0 and <= Ulid.Length && Ulid.IsUlid(id.PadRight(Ulid.Length, '0')) && !File.Exists(console.PathOf(given)))
        {
            return id.Length >= LeastCharacters ? new LicenseArgument(given, id, null) : throw new CommandFailure(
                $"'{given}' is too little of an id to name a license", $"write {LeastCharacters} characters of it at least; 'issuer list' shows all licenses", ExitCode.Usage);
        }

        var bytes = console.Read(given, Limits.DocumentBytes * 2); // armor takes a third more
        try
        {
            var parts = SignedNote.SplitFile(bytes, Limits.DocumentBytes);
            return new LicenseArgument(CommandFiles.NameOf(given), LicenseFormat.Parse(parts.UntrustedText).Id, parts.UntrustedTextBytes);
        }
        catch (FormatException e)
        {
            throw new CommandFailure($"{CommandFiles.NameOf(given)} is no license: {e.Message}", "'issuer inspect' tells what a file is", ExitCode.Malformed);
        }
    }

    /// <summary>The license on file, in the highest format that it was signed in.</summary>
    /// <exception cref="CommandFailure">There is none, several begin so, or the file has another text.</exception>
    internal StoredLicense Find(LicenseTable licenses)
    {
        var ids = licenses.IdsFrom(_id, MostNamed);
        if (ids.Count > 1)
        {
            throw new CommandFailure($"'{_given}' is the beginning of several ids: {string.Join(", ", ids.Take(MostNamed - 1))}{(ids.Count == MostNamed ? " …" : "")}",
                "write more of it");
        }

        var found = ids is [var id] ? licenses.WithId(id) : [];
        if (found.Count == 0)
            throw new CommandFailure($"no license '{_given}' was issued here", Nearest(licenses) is { } near ? $"did you mean {near}?" : "'issuer list' shows all licenses");
        if (_text is not null && !found.Exists(license => license.Text.AsSpan().SequenceEqual(_text)))
        {
            throw new CommandFailure($"{_given} is not the text that was issued here as {found[^1].Id}",
                $"name the license by its id; 'issuer show {found[^1].Id} --out FILE' writes the right file", ExitCode.NotTrusted);
        }

        return found[^1];
    }

    // Somebody who typed a whole id got a letter or two wrong, or two of them in the wrong order.
    private string? Nearest(LicenseTable licenses)
    {
        if (_id.Length < Ulid.Length - 1) return null;
        var best = licenses.IdsFrom("", int.MaxValue).MinBy(id => NearestWord.Distance(_id, id));
        return best is not null && NearestWord.Distance(_id, best) <= 2 ? best : null;
    }
}
