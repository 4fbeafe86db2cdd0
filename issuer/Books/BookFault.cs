namespace OfflineLicense.Issuer.Books;

/// <summary>Something that the registry holds and that is not as it was written. Immutable.</summary>
/// <param name="Where">Which license, ledger, reply or finding.</param>
/// <param name="What">What is wrong with it.</param>
/// <param name="Mend">What a person does about it.</param>
internal sealed record BookFault(string Where, string What, string Mend)
{
    /// <summary>What was signed, or mailed, is not what it was: only who has it still can give it back.</summary>
    internal const string FromBackup = "restore the registry from a backup, or 'issuer registry rebuild' it from the files that were issued and mailed";

    /// <summary>What was derived is wrong, and what it was derived from is good.</summary>
    internal const string ByRebuild = "'issuer registry export' what it holds, and 'issuer registry rebuild' from that";

    /// <summary>The next import does what one that was killed left undone.</summary>
    internal const string ByImport = "import any file of this ledger again";

    /// <summary>The keys at hand are not those that signed.</summary>
    internal const string ByKeys = "put the public key that signed it into issuer.yaml, or, if nobody knows that key, " + FromBackup;
}
