using System.Globalization;
using OfflineLicense.Tests.Worker;
using OfflineLicense.Verifier;

// A product in a process of its own, for tests that kill it: COMMAND KEY LICENSES STATE NOW, and what the command wants.
if (args is not [var command, var key, var licenses, var state, var now, .. var rest])
{
    Console.Error.WriteLine("error: a worker takes: hold|once|pieces|receipts KEY LICENSES STATE NOW …");
    return 2;
}

var options = new NodeOptions
{
    Product = "openvidu-pro",
    Trust = Trust.Pinned(key),
    LicenseFolder = licenses,
    StateFolder = state,
    TimeProvider = new ShiftedTime(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture)),
};
switch (command, rest)
{
    // Works on CORES until its input ends; with a COMMAND, beside a child process that outlives it.
    case ("hold", [var cores, .. var child]):
        return Work.Hold(options, int.Parse(cores, CultureInfo.InvariantCulture), child);

    // Opens, works a moment, and closes.
    case ("once", []):
        return Work.Hold(options, cores: 1, child: [], TextReader.Null);

    // Begins and ends COUNT pieces of work at random, and writes down in LOG when each began and ended.
    case ("pieces", [var log, var count, var seed]):
        return Work.Pieces(
            options, log, int.Parse(count, CultureInfo.InvariantCulture), new Random(int.Parse(seed, CultureInfo.InvariantCulture)));

    // Appends receipts at random to a ledger of the state folder until it is killed, and says how many are written.
    case ("receipts", [var seed]):
        return Receipts.Append(options, new Random(int.Parse(seed, CultureInfo.InvariantCulture)));

    default:
        Console.Error.WriteLine($"error: {command} is not called so");
        return 2;
}
