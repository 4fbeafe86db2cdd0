namespace OfflineLicense.Issuer.Registry;

/// <summary>The registry cannot be used, or what was to be stored contradicts it. The message says why and what mends it.</summary>
internal sealed class RegistryException(string reason, Exception? inner = null) : IOException(reason, inner);
