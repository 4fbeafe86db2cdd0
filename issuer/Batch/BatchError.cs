using System.Globalization;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Batch;

/// <summary>One thing that is wrong with a batch.</summary>
/// <param name="Line">The line of the file, from 1 on; 0 where no line of it is at fault.</param>
/// <param name="Message">Where and what, in the words of all errors.</param>
/// <param name="Hint">What mends it; null where the message says it all.</param>
internal sealed record BatchError(int Line, string Message, string? Hint)
{
    /// <summary>What forbids a row.</summary>
    internal static BatchError Of(BatchRow row, CommandFailure problem) => new(row.Line, $"{row.Plan.File}: {problem.Message}", problem.Hint);

    /// <summary>A line as messages name it.</summary>
    internal static string Place(int line, string file) => string.Create(CultureInfo.InvariantCulture, $"line {line} of {file}");
}
