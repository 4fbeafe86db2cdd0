namespace OfflineLicense.Keys;

/// <summary>A line that should be a verifier key is not one. The message says what is wrong with it.</summary>
/// <param name="reason">What is wrong: lower case, no full stop.</param>
public sealed class KeyFormatException(string reason) : FormatException(reason);
