using System.Globalization;
using System.Text;
using OfflineLicense.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.Attacks.Hostile;

/// <summary>
/// Files that must not be believed, each by name, with what the programs answer to it, whole: <c>Snapshots/hostile-CHAPTER</c>
/// is meant to be read. What is small enough lies in <c>tests/Vectors/hostile</c>, for whoever writes another reader of these formats;
/// <c>OFFLINE_LICENSE_ACCEPT=1 dotnet test --filter FullyQualifiedName~HostileCorpus</c> writes both anew.
/// </summary>
public sealed class HostileCorpusTests
{
    // Whatever a file is, people give it to the wrong command.
    private static readonly string[] s_readers =
    [
        "offline-license install FILE", "offline-license inspect FILE", "offline-license check FILE", "offline-license statement FILE",
        "offline-license export all.receipts --from FILE", "offline-license status --anchors FILE", "offline-license check --license FILE",
        "issuer import FILE", "issuer inspect FILE", "issuer issue FILE --dry-run", "issuer issue --batch FILE --out new --dry-run",
        "issuer amend FILE --dry-run", "issuer key new licenses/2027 --role license --no-passphrase --from FILE",
    ];

    public static TheoryData<string> Chapters => [.. HostileCorpus.Chapters.Select(static chapter => chapter.Name)];

    [Theory]
    [MemberData(nameof(Chapters))]
    public async Task Each_file_is_answered_in_words_that_a_person_has_read(string name)
    {
        var chapter = HostileCorpus.Chapter(name);
        var told = new StringBuilder(chapter.About).Append('\n');
        foreach (var file in chapter)
        {
            using var desk = new HostileDesk(file);
            told.Append(CultureInfo.InvariantCulture, $"\n# {TerminalSafe(file.Name)}: {file.About}\n");
            foreach (var line in file.Commands)
                told.Append(desk.Told(line, await desk.Run(line)));
        }

        Snapshot.Match(told.ToString(), "hostile-" + name);
    }

    [Theory]
    [MemberData(nameof(Chapters))]
    public async Task Whoever_gives_them_to_a_wrong_command_breaks_no_program_and_steers_no_terminal(string name)
    {
        foreach (var (number, file) in HostileCorpus.Chapter(name).Index())
        {
            using var desk = new HostileDesk(file);

            // A third of the commands for each file: so each meets a third of every chapter, in a third of the time.
            foreach (var line in s_readers.Where((_, reader) => (reader + number) % 3 == 0))
            {
                var run = await desk.Run(line);
                Assert.True(run.ExitCode != ExitCode.Internal, $"{file.Name}: {line}: {run.Error}");
                Assert.True(run.ExitCode == ExitCode.Ok || run.Output.Length + run.Error.Length > 0, $"{file.Name}: {line} says nothing");
                Assert.True(Steering(run.Output + run.Error) == "", $"{file.Name}: {line} prints {Steering(run.Output + run.Error)}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Chapters))]
    public async Task Whoever_refuses_to_install_one_leaves_everything_as_it_was(string name)
    {
        foreach (var file in HostileCorpus.Chapter(name))
        {
            using var desk = new HostileDesk(file);
            var before = desk.Everything();
            var run = await desk.Run("offline-license install FILE");
            Assert.True(run.ExitCode == ExitCode.Ok || desk.Everything() == before, $"{file.Name}: {run.Error}");
        }
    }

    [Theory]
    [MemberData(nameof(Chapters))]
    public void A_stored_file_is_what_its_recipe_makes_and_nothing_else_is_stored(string name)
    {
        var folder = Path.Combine(Snapshot.Repository(), "tests", "Vectors", "hostile", name);
        var stored = HostileCorpus.Chapter(name).Where(static file => file.IsStored).ToList();
        if (Environment.GetEnvironmentVariable("OFFLINE_LICENSE_ACCEPT") == "1")
        {
            Directory.CreateDirectory(folder);
            foreach (var old in Directory.GetFiles(folder))
                File.Delete(old);
            foreach (var file in stored)
                File.WriteAllBytes(Path.Combine(folder, file.Name), file.Bytes);
        }

        var found = Directory.Exists(folder) ? Directory.GetFiles(folder) : [];
        Assert.Equal(stored.Select(static file => file.Name).Order(StringComparer.Ordinal), found.Select(static file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        Assert.All(stored, file => Assert.True(file.Bytes.AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(folder, file.Name))), file.Name));
    }

    [Fact]
    public void The_corpus_has_one_name_for_each_file_and_enough_of_them()
    {
        var names = HostileCorpus.Chapters.SelectMany(static chapter => chapter).Select(static file => file.Name).ToList();
        Assert.Equal(names.Count, names.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.InRange(names.Count, 150, int.MaxValue);
    }

    private static string Steering(string printed)
    {
        foreach (var rune in printed.EnumerateRunes())
        {
            if (rune.Value != '\n' && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse)
                return FormattableString.Invariant($"U+{rune.Value:X4}");
        }

        return "";
    }

    private static string TerminalSafe(string name) => OfflineLicense.Verifier.TerminalText.Escape(name);
}
