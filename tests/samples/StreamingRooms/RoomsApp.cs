using OfflineLicense.Hosting;

namespace StreamingRooms;

/// <summary>The product: rooms that stream, each on as many cores as it was begun with.</summary>
internal static class RoomsApp
{
    /// <param name="args">The command line, as <c>--urls http://127.0.0.1:0</c>.</param>
    /// <param name="first">Services that a test puts before the product's, such as a node of its own.</param>
    public static WebApplication Create(string[] args, Action<IServiceCollection>? first = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            ContentRootPath = AppContext.BaseDirectory,
        });
        first?.Invoke(builder.Services);

        // The operator may set the two folders, as OfflineLicense__LicenseFolder and OfflineLicense__StateFolder.
        builder.Services.AddOfflineLicense(builder.Configuration.GetSection("OfflineLicense"), options =>
        {
            options.Product = Vendor.Product;
            options.Trust = Vendor.Trust;
        });
        builder.Services.AddHealthChecks().AddOfflineLicense();
        builder.Services.AddProblemDetails();
        builder.Services.AddSingleton<Sessions>();

        var app = builder.Build();
        app.UseDefaultFiles();
        app.UseStaticFiles();
        app.MapSessions();
        app.MapLicense();
        return app;
    }
}
