using System.CommandLine;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Home;

/// <summary>
/// Who signs with a key of the home: the home's own key file, opened by its passphrase, or the program named by
/// <c>--signer</c> or <c>ISSUER_SIGNER</c>, for a key that never lies in a file here.
/// </summary>
internal sealed class SignerSource
{
    internal const string Variable = "ISSUER_SIGNER";

    private readonly string? _command;
    private readonly PassphraseSource _passphrase;

    private SignerSource(string? command, PassphraseSource passphrase) => (_command, _passphrase) = (command, passphrase);

    /// <summary>Adds the options to a command that signs.</summary>
    /// <returns>What reads them.</returns>
    internal static Func<ParseResult, SignerSource> AddTo(Command command)
    {
        var signer = new Option<string?>("--signer")
        {
            Description = $"Program that signs: bytes on standard input, signature on standard output; else {Variable}, else the home's key file",
            HelpName = "COMMAND",
        };
        var passphrase = PassphraseSource.ToOpen(command);
        command.Add(signer);
        return parsed => new SignerSource(parsed.GetValue(signer), passphrase(parsed));
    }

    /// <summary>What signs with the key; the caller disposes it.</summary>
    /// <param name="key">A key of the home.</param>
    /// <param name="console">Where a passphrase is asked for.</param>
    /// <exception cref="CommandFailure">There is no program, and the key file cannot be opened.</exception>
    internal INoteSigner Open(HomeKey key, CommandConsole console) =>
        (_command ?? console.Environment(Variable)) is { Length: > 0 } command
            ? new SignerProgram(key.Verifier, command)
            : key.Open(console, _passphrase);
}
