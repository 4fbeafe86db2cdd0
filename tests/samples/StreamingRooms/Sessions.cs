using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using OfflineLicense.Verifier;

namespace StreamingRooms;

/// <summary>A room that streams.</summary>
internal sealed record Session(Guid Id, int Cores, DateTimeOffset Began);

/// <summary>
/// The rooms that stream now. The license is asked when one begins, and never again: what runs goes on until it is ended,
/// whatever becomes of the license. Thread-safe.
/// </summary>
internal sealed class Sessions
{
    /// <summary>The most cores that one room can make use of.</summary>
    public const int MostCores = 64;

    private readonly ConcurrentDictionary<Guid, (Session Session, Usage Usage)> _running = new();
    private readonly Node _node;
    private readonly TimeProvider _time;

    public Sessions(Node node, IMeterFactory meters, TimeProvider? time = null)
    {
        _node = node;
        _time = time ?? TimeProvider.System;
        meters.Create("StreamingRooms").CreateObservableUpDownCounter(
            "streaming_rooms.sessions", () => _running.Count, "{session}", "Rooms that stream");
    }

    /// <summary>The rooms, the oldest first.</summary>
    public IReadOnlyList<Session> Running => [.. _running.Values.Select(entry => entry.Session).OrderBy(session => session.Began)];

    public bool TryBegin(int cores, [NotNullWhen(true)] out Session? session, [NotNullWhen(false)] out Reason? why)
    {
        session = null;
        if (!_node.TryBegin(cores, out var usage, out why))
            return false;
        session = new Session(Guid.NewGuid(), cores, _time.GetUtcNow());
        _running[session.Id] = (session, usage);
        return true;
    }

    /// <summary>Ends a room; false if there is none of this id.</summary>
    public bool End(Guid id)
    {
        if (!_running.TryRemove(id, out var entry))
            return false;
        entry.Usage.Dispose();
        return true;
    }
}
