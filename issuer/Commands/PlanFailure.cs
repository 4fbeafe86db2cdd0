using OfflineLicense.Issuer.Plans;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Commands;

/// <summary>A plan that makes no license, as the failure of a command.</summary>
internal static class PlanFailure
{
    /// <summary>Does a command's work.</summary>
    /// <exception cref="CommandFailure">A plan or a flag over it makes no license; or whatever the work throws.</exception>
    internal static void Explained(Action work)
    {
        try
        {
            work();
        }
        catch (PlanException e)
        {
            throw new CommandFailure(e.Message, e.Hint, e.IsOfFlag ? ExitCode.Usage : ExitCode.Malformed);
        }
    }
}
