using System.CommandLine;

namespace OfflineLicense.Verifier.Command;

/// <summary>The operator's program, <c>offline-license</c>.</summary>
internal static class OperatorProgram
{
    public static RootCommand Create(CommandConsole console)
    {
        var root = CommandLine.Program(
            "offline-license",
            "Licenses without a license service: see where this node stands, install what the vendor sent, export what "
            + "the vendor is to get. Nothing here uses a network.",
            ExitCode.Operator, console);
        var products = new ProductOptions(console);
        products.AddTo(root);
        root.Add(StatusCommand.Create(console, products));
        root.Add(InitCommand.Create(console, products));
        root.Add(RequestCommand.Create(console, products));
        root.Add(InstallCommand.Create(console, products));
        root.Add(RunCommand.Create(console, products));
        root.Add(ReceiptsCommand.Create(console, products));
        root.Add(CheckCommand.Create(console, products));
        root.Add(ExportCommand.Create(console, products));
        root.Add(StatementCommand.Create(console, products));
        root.Add(PruneCommand.Create(console, products));
        root.Add(InspectCommand.Create(console, products));
        return root;
    }
}
