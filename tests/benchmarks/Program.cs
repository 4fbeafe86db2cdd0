using System.Globalization;
using OfflineLicense.Benchmarks;

var isJson = args.Contains("--json");
var names = args.Where(arg => !arg.StartsWith("--", StringComparison.Ordinal)).ToArray();
var known = new Dictionary<string, Func<Figure>>(StringComparer.Ordinal)
{
    ["verdict"] = VerdictBenchmark.Run,
    ["verdict-busy"] = VerdictBusyBenchmark.Run,
    ["license-open"] = LicenseOpenBenchmark.Run,
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
    ["import-sqlite"] = ImportBenchmark.Sqlite,
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
    var figure = known[name]();
    Console.WriteLine(isJson ? figure.ToJson() : figure.ToString());
}

return 0;
