using OfflineLicense.Verifier.Command;

var console = CommandConsole.OfProcess();
return await CommandLine.Run(OperatorProgram.Create(console), args, console);
