using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OfflineLicense.Testing;
using OfflineLicense.Verifier;
using Xunit;

namespace StreamingRooms.Tests;

/// <summary>What the product does in every state of its license: the tests that a product's developer owes its customers.</summary>
public sealed class LicensingTests : IDisposable
{
    private readonly TestLicensing _licensed = TestLicensing.Create(Vendor.Product);

    public void Dispose() => _licensed.Dispose();

    [Fact]
    public async Task Without_a_license_the_product_runs_and_says_what_a_new_room_needs()
    {
        await using var rooms = await RunningRooms.StartAsync(_licensed);
        var refused = await rooms.BeginAsync(cores: 4);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(ReasonCode.Unlicensed, problem.GetProperty("code").GetString());
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
        Assert.NotEmpty(problem.GetProperty("mend").GetString()!);

        _licensed.Install();
        Assert.Equal(HttpStatusCode.Created, (await rooms.BeginAsync(cores: 4)).StatusCode);
    }

    [Fact]
    public async Task In_grace_rooms_begin_as_always_and_the_page_says_until_when()
    {
        _licensed.Reach(LicenseState.Grace);
        await using var rooms = await RunningRooms.StartAsync(_licensed);
        Assert.Equal(HttpStatusCode.Created, (await rooms.BeginAsync(cores: 4)).StatusCode);
        var license = await rooms.ReadAsync("/license");
        Assert.Equal("Grace", license.GetProperty("state").GetString());
        Assert.True(license.GetProperty("graceEnds").GetDateTimeOffset() > _licensed.Time.Wall);
    }

    [Fact]
    public async Task A_room_streams_on_when_the_license_lapses_and_no_new_one_begins()
    {
        _licensed.Install();
        await using var rooms = await RunningRooms.StartAsync(_licensed);
        var room = (await rooms.BeginAsync(cores: 4)).Headers.Location!;

        _licensed.EndTerm();
        _licensed.EndGrace();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await rooms.BeginAsync(cores: 1)).StatusCode);
        Assert.Equal(1, (await rooms.ReadAsync("/sessions")).GetArrayLength());

        Assert.Equal(HttpStatusCode.NoContent, (await rooms.EndAsync(room)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await rooms.EndAsync(room)).StatusCode);
    }

    [Fact]
    public async Task A_quota_that_refuses_keeps_the_next_room_out_until_one_has_ended()
    {
        _licensed.Install(license => license with { Quota = new LicenseQuota { Cores = 8 }, Overage = OverageRule.Refuse });
        await using var rooms = await RunningRooms.StartAsync(_licensed);
        var room = (await rooms.BeginAsync(cores: 6)).Headers.Location!;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await rooms.BeginAsync(cores: 3)).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await rooms.BeginAsync(cores: 2)).StatusCode);

        await rooms.EndAsync(room);
        Assert.Equal(HttpStatusCode.Created, (await rooms.BeginAsync(cores: 3)).StatusCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(65)]
    public async Task A_number_of_cores_that_no_room_has_is_the_clients_mistake(int cores)
    {
        _licensed.Install();
        await using var rooms = await RunningRooms.StartAsync(_licensed);
        Assert.Equal(HttpStatusCode.BadRequest, (await rooms.BeginAsync(cores)).StatusCode);
        Assert.Equal(0, (await rooms.ReadAsync("/sessions")).GetArrayLength());
    }

    [Theory]
    [InlineData(LicenseState.Unlicensed, HttpStatusCode.ServiceUnavailable)]
    [InlineData(LicenseState.Licensed, HttpStatusCode.OK)]
    [InlineData(LicenseState.Grace, HttpStatusCode.OK)]
    [InlineData(LicenseState.Lapsed, HttpStatusCode.ServiceUnavailable)]
    public async Task Health_goes_by_the_license_and_life_does_not(LicenseState state, HttpStatusCode health)
    {
        _licensed.Reach(state);
        await using var rooms = await RunningRooms.StartAsync(_licensed);
        Assert.Equal(health, (await rooms.GetAsync("/health")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await rooms.GetAsync("/live")).StatusCode);
    }

    [Fact]
    public async Task What_a_room_used_is_written_when_the_product_stops()
    {
        _licensed.Install();
        await using (var rooms = await RunningRooms.StartAsync(_licensed))
        {
            await rooms.BeginAsync(cores: 4);
            _licensed.Time.Advance(TimeSpan.FromMinutes(90));
        }

        Assert.Equal(90 * 60 * 4, _licensed.Usage.Sum(usage => usage.CoreSeconds));
    }

    [Fact]
    public async Task Rooms_and_the_license_are_measured()
    {
        _licensed.Install();
        await using var rooms = await RunningRooms.StartAsync(_licensed);
        await rooms.BeginAsync(cores: 4);
        var factory = rooms.Services.GetRequiredService<IMeterFactory>();
        var seen = new Dictionary<string, double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == factory)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => seen[instrument.Name] = value);
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => seen[instrument.Name] = value);
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => seen[instrument.Name] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.Equal(1, seen["streaming_rooms.sessions"]);
        Assert.Equal(4, seen["offline_license.cores.in_use"]);
        Assert.Equal(90, seen["offline_license.term.remaining"], tolerance: 1);
    }
}
