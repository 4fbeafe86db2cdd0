using OfflineLicense.Fuzz;

// What strangers could send, some of it properly signed, given to all that read it: --count N --seconds N --each N --seed N --from N
// --threads N --out FOLDER. The first process starts a second one, which may die of what it reads.
try
{
    var options = FuzzOptions.Of(args);
    if (options.Places is null) return Supervisor.Execute(options, args) ? 0 : 1;
    Supervisor.EndWithParent();
    using var places = Places.Open(options.Places, options.Threads);
    return new Run(options, places).Execute() ? 0 : 1;
}
catch (FormatException e)
{
    Console.Error.WriteLine($"error: {e.Message}");
    return 2;
}
