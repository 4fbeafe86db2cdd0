using System.Threading.Channels;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OfflineLicense.Hosting;
using OfflineLicense.Tests.Conventions;
using OfflineLicense.Tests.Verifier.Formats;
using OfflineLicense.Verifier;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Hosting;

/// <summary>The product of verifier/Hosting/README.md, "The first hour": it compiles here, runs, and is the same text there.</summary>
public sealed class SampleTests
{
    [Theory]
    [InlineData("registration")]
    [InlineData("worker")]
    public void The_sample_in_the_readme_is_this_code(string part)
    {
        var lines = Sources.Text("tests/Verifier/Hosting/SampleTests.cs").Split('\n')
            .SkipWhile(line => !line.EndsWith($"// {part} begins", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(line => !line.EndsWith($"// {part} ends", StringComparison.Ordinal)).ToList();
        var indent = lines.Min(line => line.Length == 0 ? int.MaxValue : line.Length - line.TrimStart().Length);
        var sample = string.Join('\n', lines.Select(line => line.Length == 0 ? line : line[indent..]));
        Assert.Contains($"```csharp\n{sample}\n```\n", Sources.Text("verifier/Hosting/README.md"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sample_refuses_a_session_and_runs_it_once_the_license_is_there()
    {
        var sessions = new SessionQueue();
        await using var product = new ProductHost();
        await product.Start(builder => Register(builder, product, sessions));
        Assert.StartsWith("there is no license for openvidu-pro on this node; to mend it: ", await sessions.Ask(2), StringComparison.Ordinal);

        await File.WriteAllBytesAsync(Path.Combine(product.Site.LicenseFolder, "trial.lic"), Licenses.FileOf(Licenses.Plain, TestKeys.License));
        product.Node.Look();
        Assert.Equal("ran", await sessions.Ask(2));
        await product.Stop();
        Assert.Equal(2, product.Site.UsageReceipts().Max(usage => usage.Cores));
        Assert.Equal(["Opened", "Unlicensed", "LicenseActive", "Licensed", "Closed"], product.Log.Events);
    }

    private static void Register(HostApplicationBuilder builder, ProductHost product, SessionQueue sessions)
    {
        builder.Services.AddSingleton(sessions);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["OfflineLicense:LicenseFolder"] = product.Site.LicenseFolder,
            ["OfflineLicense:StateFolder"] = product.Site.StateFolder,
        });

        // registration begins
        builder.Services.AddOfflineLicense(builder.Configuration.GetSection("OfflineLicense"), options =>
        {
            options.Product = "openvidu-pro";
            options.Trust = Trust.Pinned("vendor.example/licenses/2026+72d5b744+AVsEepD6RTyw42GvwUkV+YocqoAv5xZ1veEz+ZYgzgPS");
        });
        builder.Services.AddHealthChecks().AddOfflineLicense();
        builder.Services.AddHostedService<SessionWorker>();
        // registration ends
    }

    // worker begins
    internal sealed class SessionWorker(Node node, SessionQueue sessions) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await foreach (var session in sessions.ReadAllAsync(stoppingToken))
            {
                if (!node.TryBegin(cores: session.Cores, out var usage, out var why))
                {
                    session.Refuse($"{why.Sentence}; to mend it: {why.Mend}");
                    continue;
                }

                using (usage)
                    await session.RunAsync();
            }
        }
    }
    // worker ends

    /// <summary>A session of the product's: how many cores it takes, and how it ended.</summary>
    internal sealed class Session(int cores)
    {
        private readonly TaskCompletionSource<string> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Cores => cores;

        public Task<string> End => _end.Task;

        public void Refuse(string why) => _end.SetResult(why);

        public Task RunAsync()
        {
            _end.SetResult("ran");
            return Task.CompletedTask;
        }
    }

    /// <summary>The product's own queue of sessions.</summary>
    internal sealed class SessionQueue
    {
        private readonly Channel<Session> _sessions = Channel.CreateUnbounded<Session>();

        public IAsyncEnumerable<Session> ReadAllAsync(CancellationToken stoppingToken) => _sessions.Reader.ReadAllAsync(stoppingToken);

        /// <summary>Asks for a session, and waits for its end.</summary>
        public async Task<string> Ask(int cores)
        {
            var session = new Session(cores);
            await _sessions.Writer.WriteAsync(session);
            return await session.End;
        }
    }
}
