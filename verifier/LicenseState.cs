namespace OfflineLicense.Verifier;

/// <summary>Where a node stands. Only beginning new work depends on it; running work never does.</summary>
public enum LicenseState
{
    /// <summary>No license ever counted on this node. New work may not begin, unless a license is advisory.</summary>
    Unlicensed,

    /// <summary>A license counts, and nothing is held against it.</summary>
    Licensed,

    /// <summary>Something is to be mended by a date that the verdict names; everything still works.</summary>
    Grace,

    /// <summary>The grace is over. Running work goes on; new work may not begin.</summary>
    Lapsed,
}
