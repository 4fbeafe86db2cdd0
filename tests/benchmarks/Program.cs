using System.Globalization;
using OfflineLicense.Benchmarks;

var isJson = args.Contains("--json");
var receipts = Array.IndexOf(args, "--receipts") is >= 0 and var place && place + 1 < args.Length
    ? long.Parse(args[place + 1], NumberStyles.None, CultureInfo.InvariantCulture) : 1_000_000;
var names = args.Where((arg, index) => !arg.StartsWith("--", StringComparison.Ordinal) && (index == 0 || args[index - 1] != "--receipts")).ToArray();
var known = new Dictionary<string, Func<Figure?>>(StringComparer.Ordinal)
{
    ["verdict"] = VerdictBenchmark.Run,
    ["verdict-busy"] = VerdictBusyBenchmark.Run,
    ["license-open"] = LicenseOpenBenchmark.Run,
    ["license-open-trust"] = LicenseOpenBenchmark.Trusted,
    ["export"] = ExportBenchmark.Run,
    ["begin-end"] = BeginEndBenchmark.Plain,
    ["begin-end-free"] = BeginEndBenchmark.Free,
    ["begin-end-full"] = BeginEndBenchmark.Full,
    ["follow-ledgers"] = FollowLedgersBenchmark.Run,
    ["license-folder"] = LicenseFolderBenchmark.Folder,
    ["license-look"] = LicenseFolderBenchmark.Look,
    ["check"] = CheckBenchmark.Run,
    ["append"] = AppendBenchmark.One,
    ["append-sqlite"] = AppendBenchmark.Sqlite,
    ["append-group"] = AppendBenchmark.Group,
    ["ledger-open"] = LedgerOpenBenchmark.Run,
    ["import-sqlite"] = () => ImportBenchmark.Sqlite(receipts),
    ["import-postgres"] = () => ImportBenchmark.Postgres(receipts),
    ["import-growth"] = () => ImportGrowthBenchmark.Run(receipts),
    ["first-look"] = LedgerOpenBenchmark.FirstLook,
};
foreach (var name in names.Where(name => !known.ContainsKey(name)))
{
    Console.Error.WriteLine($"error: there is no benchmark {name}");
    Console.Error.WriteLine($"hint: there are: {string.Join(", ", known.Keys)}");
    return 2;
}

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
foreach (var name in names.Length == 0 ? known.Keys.ToArray() : names)
{
    if (known[name]() is { } figure)
        Console.WriteLine(isJson ? figure.ToJson() : figure.ToString());
    else
        Console.Error.WriteLine($"skipped: {name} needs the settings of a database that may be filled in OFFLINE_LICENSE_POSTGRES");
}

return 0;
