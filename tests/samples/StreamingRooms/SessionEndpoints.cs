using OfflineLicense.Verifier;

namespace StreamingRooms;

/// <summary>What a client asks for to begin a room.</summary>
internal sealed record NewSession(int Cores);

/// <summary>Beginning, listing and ending rooms.</summary>
internal static class SessionEndpoints
{
    public static void MapSessions(this WebApplication app)
    {
        app.MapGet("/sessions", (Sessions sessions) => sessions.Running);
        app.MapPost("/sessions", Begin);
        app.MapDelete("/sessions/{id:guid}", (Guid id, Sessions sessions) => sessions.End(id) ? Results.NoContent() : Results.NotFound());
    }

    private static IResult Begin(NewSession wanted, Sessions sessions)
    {
        if (wanted.Cores is < 1 or > Sessions.MostCores)
            return Results.Problem($"cores is {wanted.Cores}, and must be from 1 to {Sessions.MostCores}", statusCode: StatusCodes.Status400BadRequest);
        return sessions.TryBegin(wanted.Cores, out var session, out var why)
            ? Results.Created($"/sessions/{session.Id}", session)
            : Refused(why);
    }

    // Not the client's mistake, and not for ever: 503. The reason and what mends it are for whoever runs the product.
    private static IResult Refused(Reason why) => Results.Problem(
        why.Sentence, statusCode: StatusCodes.Status503ServiceUnavailable, title: "No new session may begin",
        extensions: new Dictionary<string, object?> { ["code"] = why.Code, ["mend"] = why.Mend });
}
