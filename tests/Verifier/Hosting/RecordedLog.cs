using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace OfflineLicense.Tests.Verifier.Hosting;

/// <summary>One line of a log, with what a program reads of it.</summary>
internal sealed record LogLine(string Category, LogLevel Level, EventId Event, string Text);

/// <summary>Keeps what a host logs. Thread-safe.</summary>
internal sealed class RecordedLog : ILoggerProvider
{
    private readonly ConcurrentQueue<LogLine> _lines = new();

    /// <summary>What this library logged, in order.</summary>
    public IReadOnlyList<LogLine> Lines => [.. _lines.Where(line => line.Category == "OfflineLicense")];

    /// <summary>The names of the events that this library logged, in order.</summary>
    public IEnumerable<string?> Events => Lines.Select(line => line.Event.Name);

    /// <summary>Whether it throws, as a log does whose disk is full.</summary>
    public bool IsBroken { get; set; }

    public void Clear() => _lines.Clear();

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(RecordedLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (log.IsBroken)
                throw new IOException("no space left on device");
            log._lines.Enqueue(new LogLine(category, logLevel, eventId, formatter(state, exception)));
        }
    }
}
