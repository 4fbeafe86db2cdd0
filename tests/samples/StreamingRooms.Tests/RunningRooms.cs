using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using OfflineLicense.Testing;
using OfflineLicense.Verifier;

namespace StreamingRooms.Tests;

/// <summary>The product, started for one test on a machine that is in memory, and a client of it.</summary>
internal sealed class RunningRooms : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _client;

    private RunningRooms(WebApplication app, string address)
    {
        _app = app;
        _client = new HttpClient { BaseAddress = new Uri(address) };
    }

    public IServiceProvider Services => _app.Services;

    public static async Task<RunningRooms> StartAsync(TestLicensing licensed)
    {
        // A node that is registered before is the one that the product takes.
        var app = RoomsApp.Create(["--urls", "http://127.0.0.1:0"], services => services
            .AddSingleton<TimeProvider>(licensed.Time)
            .AddSingleton<Node>(_ => licensed.OpenNode()));
        await app.StartAsync();
        return new RunningRooms(app, app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    public Task<HttpResponseMessage> BeginAsync(int cores) => _client.PostAsJsonAsync("/sessions", new { cores });

    public Task<HttpResponseMessage> EndAsync(Uri session) => _client.DeleteAsync(session);

    public Task<HttpResponseMessage> GetAsync(string path) => _client.GetAsync(path);

    public Task<JsonElement> ReadAsync(string path) => _client.GetFromJsonAsync<JsonElement>(path);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }
}
