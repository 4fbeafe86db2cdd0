using System.CommandLine;
using OfflineLicense.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Command;

public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_failure_is_told_on_standard_error_with_what_mends_it()
    {
        var run = await Run(() => throw new CommandFailure("the file is \e[31mred", "paint it", ExitCode.Malformed), "do");
        Assert.Equal((ExitCode.Malformed, "", "error: the file is \\u{001B}[31mred\nhint: paint it\n"), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task A_fault_in_the_program_says_that_it_is_one()
    {
        var run = await Run(() => throw new InvalidOperationException("Oh dear."), "do");
        Assert.Equal(ExitCode.Internal, run.ExitCode);
        Assert.StartsWith("error: internal error: InvalidOperationException: Oh dear.\nhint: ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("doo", "error: there is no command 'doo'\nhint: did you mean 'do'?\n")]
    [InlineData("frobnicate", "error: there is no command 'frobnicate'\nhint: see 'program --help'\n")]
    [InlineData("do --nme x", "error: there is no option '--nme'\nhint: did you mean '--name'?\n")]
    [InlineData("do --name", "error: required argument missing for option: '--name'\nhint: see 'program do --help'\n")]
    [InlineData("do too many", "error: 'too' is one argument too many\nhint: see 'program do --help'\n")]
    [InlineData("do @file", "error: '@file' is one argument too many\nhint: see 'program do --help'\n")]
    [InlineData("do --count five", "error: cannot parse argument 'five' for option '--count' as expected type 'System.Int32'\nhint: see 'program do --help'\n")]
    [InlineData("", "error: required command was not provided\nhint: see 'program --help'\n")]
    public async Task A_wrong_command_line_is_one_error_and_does_nothing(string line, string error)
    {
        var run = await Run(() => Assert.Fail("the command ran"), line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((ExitCode.Usage, "", error), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task Help_lists_the_exit_codes_and_version_names_the_program()
    {
        var help = await Run(() => { }, "--help");
        Assert.Equal((ExitCode.Ok, ""), (help.ExitCode, help.Error));
        Assert.Contains("Usage:\n  program", help.Output, StringComparison.Ordinal);
        Assert.Matches("\n   70  internal +a fault in the program itself\n$", help.Output);
        var version = await Run(() => { }, "--version");
        Assert.Matches("^program [0-9.]+\n$", version.Output);
    }

    private Task<CommandRun> Run(Action act, params string[] args) => CommandRun.Of(
        console =>
        {
            var command = new System.CommandLine.Command("do", "Does it.")
            {
                new Option<string>("--name"), new Option<int>("--count"),
            };
            command.SetAction(_ => act());
            var root = CommandLine.Program("program", "A program.", [], console);
            root.Add(command);
            return root;
        },
        CommandRun.Console(_folder.Path, TimeProvider.System), args);
}
