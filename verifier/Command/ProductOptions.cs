using System.CommandLine;
using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Metering;

namespace OfflineLicense.Verifier.Command;

/// <summary>
/// Which product a command is about, whom it believes and where its files are: from options, then environment
/// variables, then where a packager puts them.
/// </summary>
internal sealed class ProductOptions(CommandConsole console)
{
    internal const string AnchorsEnding = ".anchors";
    internal const string AnchorsVariable = "OFFLINE_LICENSE_ANCHORS";
    internal const string LicensesVariable = "OFFLINE_LICENSE_LICENSES";
    internal const string StateVariable = "OFFLINE_LICENSE_STATE";

    private const int MostAnchorsBytes = Limits.DocumentBytes;

    private readonly Option<string?> _anchors = new("--anchors")
    {
        HelpName = "FILE",
        Description = $"The product and its vendor's keys [{AnchorsVariable}; default: the *{AnchorsEnding} file beside this program]",
        Recursive = true,
    };

    private readonly Option<string?> _licenses = new("--licenses")
    {
        HelpName = "FOLDER",
        Description = $"The folder of licenses and replies [{LicensesVariable}; default: {(OperatingSystem.IsWindows()
            ? @"%ProgramData%\offline-license\PRODUCT\licenses"
            : "/etc/offline-license/PRODUCT, or ~/.config/offline-license/PRODUCT for users other than root")}]",
        Recursive = true,
    };

    private readonly Option<string?> _state = new("--state")
    {
        HelpName = "FOLDER",
        Description = $"The folder of the key and the ledgers [{StateVariable}; default: {(OperatingSystem.IsWindows()
            ? @"%ProgramData%\offline-license\PRODUCT\state"
            : "/var/lib/offline-license/PRODUCT, or ~/.local/state/offline-license/PRODUCT for users other than root")}]",
        Recursive = true,
    };

    public void AddTo(RootCommand root)
    {
        root.Add(_anchors);
        root.Add(_licenses);
        root.Add(_state);
    }

    /// <summary>The product, where it must be known.</summary>
    /// <exception cref="CommandFailure">There are no anchors, or they cannot be read.</exception>
    public ProductFiles Of(ParseResult parsed) => Find(parsed) ?? throw new CommandFailure(
        $"there is no *{AnchorsEnding} file in {console.ProgramFolder}, so it is not known whose licenses count",
        $"the vendor's package puts one there; name another place with --anchors FILE or {AnchorsVariable}",
        ExitCode.Unreadable);

    /// <summary>The product, or null where no anchors are found and none were asked for.</summary>
    /// <exception cref="CommandFailure">The anchors cannot be read, or those asked for are not there.</exception>
    public ProductFiles? Find(ParseResult parsed)
    {
        if ((Given(parsed, _anchors, AnchorsVariable) ?? BesideProgram()) is not { } file) return null;
        var anchors = ReadAnchors(file, parsed.GetValue(_anchors) is not null ? _anchors.Name : console.Environment(AnchorsVariable) is { Length: > 0 } ? AnchorsVariable : null);
        return new ProductFiles
        {
            Anchors = anchors,
            Trust = anchors.ToTrust(),
            LicenseFolder = Folder(parsed, _licenses, LicensesVariable) ?? NodeFolders.LicenseFolder(anchors.Product),
            StateFolder = Folder(parsed, _state, StateVariable) ?? NodeFolders.StateFolder(anchors.Product),
            Time = console.Time,
            Environment = console.Environment,
        };
    }

    /// <summary>
    /// The state folder of a command that reads what is there: one that was named, by option or variable, and is not there is
    /// mistyped, and no empty answer.
    /// </summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="mayBeNew">Whether the answer makes sense without the state folder that a variable names: before the product first starts, or of files.</param>
    public ProductFiles OfExisting(ParseResult parsed, bool mayBeNew = false)
    {
        var product = Of(parsed);
        CheckIsThere(_licenses, null, product.LicenseFolder);
        CheckIsThere(_state, mayBeNew ? null : StateVariable, product.StateFolder);
        CheckLedgersCanBeListed(product.StateFolder);
        return product;

        void CheckIsThere(Option<string?> option, string? variable, string folder)
        {
            var name = parsed.GetValue(option) is not null ? option.Name
                : variable is not null && console.Environment(variable) is { Length: > 0 } ? variable : null;
            if (name is not null && !Directory.Exists(folder))
            {
                throw new CommandFailure(
                    $"there is no folder '{folder}'", $"check {name}; the product makes its folders when it first starts", ExitCode.Unreadable);
            }
        }
    }

    // To a user who may not look into it, a folder of ledgers looks like none: "nothing to export", and a statement of zero.
    private void CheckLedgersCanBeListed(string stateFolder)
    {
        foreach (var folder in FoldersIn(Path.Combine(stateFolder, LedgerFolder.Name)))
        {
            FoldersIn(folder);
            if (!Base32.IsEncodingOf(InstallationName.LedgerRandomBytes, Path.GetFileName(folder)) && Directory.EnumerateFiles(folder, "*" + LedgerSegment.Extension).Any())
            {
                CommandLine.Warn(
                    console, $"the name of '{folder}' is no ledger's, so the receipts in it are passed over",
                    "rename it back, to the last 16 characters of the name in the second line of its files; or move it out of the state folder if it is a copy");
            }
        }
    }

    private static string[] FoldersIn(string folder)
    {
        try
        {
            return Directory.GetDirectories(folder);
        }
        catch (DirectoryNotFoundException)
        {
            // There are none before the product first starts.
            return [];
        }
        catch (UnauthorizedAccessException)
        {
            throw new CommandFailure($"cannot read '{folder}': access is denied", "run this as a user who may read the state folder", ExitCode.Unreadable);
        }
        catch (IOException exception)
        {
            throw PlainFailure.At("read", folder, exception);
        }
    }

    // Never guessed: a machine may have the packages of two vendors.
    private string? BesideProgram() => Directory.GetFiles(console.ProgramFolder, "*" + AnchorsEnding) switch
    {
        [] => null,
        [var only] => only,
        var several => throw new CommandFailure(
            $"there are several *{AnchorsEnding} files in {console.ProgramFolder}: "
            + string.Join(", ", several.Select(Path.GetFileName).Order(StringComparer.Ordinal)),
            $"say which with --anchors FILE or {AnchorsVariable}", ExitCode.Unreadable),
    };

    private string? Given(ParseResult parsed, Option<string?> option, string variable)
    {
        if (parsed.GetValue(option) is { } given)
            return given.Length > 0 ? given : throw new CommandFailure($"{option.Name} is empty", null, ExitCode.Usage);
        return console.Environment(variable) is { Length: > 0 } value ? value : null;
    }

    private string? Folder(ParseResult parsed, Option<string?> option, string variable)
    {
        if (Given(parsed, option, variable) is not { } given) return null;
        var folder = console.PathOf(given);
        return File.Exists(folder)
            ? throw new CommandFailure($"'{folder}' is a file, not a folder", $"see {option.Name} and {variable}", ExitCode.Unreadable)
            : folder;
    }

    private TrustAnchors ReadAnchors(string file, string? namedBy)
    {
        try
        {
            var bytes = console.Read(file, MostAnchorsBytes);
            return TrustAnchors.Parse(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes));
        }
        catch (CommandFailure failed) when (namedBy is not null)
        {
            throw new CommandFailure(failed.Message, $"{namedBy} names this file of the vendor's keys: check it", failed.ExitCode);
        }
        catch (DecoderFallbackException)
        {
            throw new CommandFailure($"{file}: not a list of trust anchors: it is no text", Hint, ExitCode.Malformed);
        }
        catch (FormatException exception)
        {
            throw new CommandFailure($"{file}: {exception.Message}", Hint, ExitCode.Malformed);
        }
    }

    private const string Hint = "take the file from the vendor's package; see verifier/README.md, \"Trust anchors\"";
}

/// <summary>A product and where its files are. Immutable.</summary>
internal sealed record ProductFiles
{
    public required TrustAnchors Anchors { get; init; }

    public required Trust Trust { get; init; }

    public required string LicenseFolder { get; init; }

    public required string StateFolder { get; init; }

    public required TimeProvider Time { get; init; }

    public required Func<string, string?> Environment { get; init; }

    public string Product => Anchors.Product;

    /// <summary>Whether the installation has its key: it was given one, or a product started here before.</summary>
    public bool HasInstallation => File.Exists(Path.Combine(StateFolder, InstallationKey.FileName));

    /// <summary>What the two folders and the environment hold, read as <c>status</c> reads them: licenses, kept copies and the newest reply.</summary>
    public NodeView View() => NodeView.Read(ToNode(), LedgerDisk.Real);

    /// <summary>The same for the library.</summary>
    public NodeOptions ToNode() => new()
    {
        Product = Product,
        Trust = Trust,
        LicenseFolder = LicenseFolder,
        StateFolder = StateFolder,
        TimeProvider = Time,
        ReadVariable = Environment,
    };
}
