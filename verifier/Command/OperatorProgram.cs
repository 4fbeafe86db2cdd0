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
        return root;
    }
}
