using OfflineLicense.Issuer;
using OfflineLicense.Verifier.Command;

var console = CommandConsole.OfProcess();
return await CommandLine.Run(IssuerProgram.Create(console), args, console);
