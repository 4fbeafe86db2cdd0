using System.Collections;
using System.Text;

namespace OfflineLicense.Tests.Attacks.Hostile;

/// <summary>One file that a stranger, a thief or a mail program may send, and what it is given to.</summary>
/// <param name="Name">Its name, different in the whole corpus.</param>
/// <param name="About">What is wrong with it, in a line.</param>
/// <param name="Bytes">What is in it.</param>
/// <param name="Commands">The command lines that it is given to, with <c>FILE</c> in the file's place; run one after another.</param>
internal sealed record HostileFile(string Name, string About, byte[] Bytes, IReadOnlyList<string> Commands)
{
    /// <summary>The largest file that is stored; larger ones are made by their recipe whenever they are needed.</summary>
    internal const int MostStoredBytes = 8 * 1024;

    /// <summary>Whether it lies in <c>tests/Vectors/hostile</c>.</summary>
    internal bool IsStored => Bytes.Length <= MostStoredBytes && !IsNameHostile;

    /// <summary>Whether the name itself is the attack, so that not every file system can have it.</summary>
    internal bool IsNameHostile { get; init; }
}

/// <summary>Hostile files of one sort, in the order in which a reader is to meet them.</summary>
/// <param name="name">The chapter's name: of its folder and its snapshot.</param>
/// <param name="about">What its files have in common, in a sentence or two.</param>
/// <param name="commands">The command lines that each is given to, unless it says otherwise.</param>
internal sealed class HostileChapter(string name, string about, params string[] commands) : IEnumerable<HostileFile>
{
    private readonly List<HostileFile> _files = [];

    internal string Name { get; } = name;

    internal string About { get; } = about;

    internal void Add(string name, string about, byte[] bytes, params ReadOnlySpan<string> otherCommands) =>
        _files.Add(new HostileFile(name, about, bytes, otherCommands.IsEmpty ? commands : otherCommands.ToArray()));

    internal void Add(string name, string about, string text, params ReadOnlySpan<string> otherCommands) =>
        Add(name, about, Encoding.UTF8.GetBytes(text), otherCommands);

    /// <summary>Adds a file whose name is the attack.</summary>
    internal void Add(string name, string about, byte[] bytes, bool isNameHostile) =>
        _files.Add(new HostileFile(name, about, bytes, commands) { IsNameHostile = isNameHostile });

    public IEnumerator<HostileFile> GetEnumerator() => _files.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
