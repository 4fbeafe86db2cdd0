using System.Globalization;

namespace OfflineLicense.Fuzz;

/// <summary>What to run.</summary>
internal sealed record FuzzOptions
{
    /// <summary>How many inputs.</summary>
    internal long Count { get; private init; } = 10_000;

    /// <summary>The number of the first, a multiple of a block where its books are to be as they were.</summary>
    internal long From { get; private init; }

    /// <summary>The most time; inputs that are left then are a failure.</summary>
    internal TimeSpan Time { get; private init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// The most processor time that one input may take. A second is what is wanted, and the longest is printed; on a machine that is
    /// busy, or still compiling, a reader that takes minutes is what is to be found.
    /// </summary>
    internal TimeSpan Each { get; private init; } = TimeSpan.FromSeconds(1);

    internal int Seed { get; private init; } = 20261122;

    internal int Threads { get; private init; } = Environment.ProcessorCount;

    /// <summary>Where failed inputs are kept.</summary>
    internal string Folder { get; private init; } = Path.Combine(Path.GetTempPath(), "offline-license-fuzz");

    /// <summary>The file that says where the threads are: of a child process; null in its parent.</summary>
    internal string? Places { get; private init; }

    /// <exception cref="FormatException">A word is no option, or its value none.</exception>
    internal static FuzzOptions Of(IReadOnlyList<string> words)
    {
        var options = new FuzzOptions();
        for (var at = 0; at < words.Count; at += 2)
        {
            if (at + 1 == words.Count) throw new FormatException($"'{words[at]}' lacks its value");
            options = options.With(words[at], words[at + 1]);
        }

        return options;
    }

    private FuzzOptions With(string name, string value) => name switch
    {
        "--count" => this with { Count = Number(name, value) },
        "--from" => this with { From = Number(name, value) },
        "--seconds" => this with { Time = TimeSpan.FromSeconds(Number(name, value)) },
        "--each" => this with { Each = TimeSpan.FromSeconds(Number(name, value)) },
        "--seed" => this with { Seed = Number(name, value) },
        "--threads" => this with { Threads = Math.Max(1, Number(name, value)) },
        "--out" => this with { Folder = Path.GetFullPath(value) },
        "--places" => this with { Places = value },
        _ => throw new FormatException($"'{name}' is no option; there are --count, --from, --seconds, --each, --seed, --threads and --out"),
    };

    private static int Number(string name, string value) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new FormatException($"'{value}' after {name} is no whole number");
}
