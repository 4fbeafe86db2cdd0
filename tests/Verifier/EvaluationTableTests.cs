using OfflineLicense.Verifier;
using Xunit;

namespace OfflineLicense.Tests.Verifier;

/// <summary>
/// The table of verifier/README.md, "Verdict", is the specification and is read as such: every case that a row's words
/// stand for is made and evaluated, and no case may stand in no row, or in two.
/// </summary>
public sealed class EvaluationTableTests
{
    private const string Within = "within the grace", PastUnrun = "past the grace, but not run 24 h", Past = "past the grace";

    private static readonly string[] Durations = [Within, PastUnrun, Past];
    private static readonly TimeSpan Grace = TimeSpan.FromDays(14);

    public static TheoryData<string> Rows()
    {
        var rows = new TheoryData<string>();
        foreach (var row in ReadTable())
            rows.Add(row.Line);
        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Every_case_of_a_row_comes_to_what_the_row_says(string line)
    {
        var row = Row.Parse(line);
        foreach (var (code, duration, overage, enforcement) in row.Cases())
        {
            var world = WorldOf(row, code, duration, overage, enforcement);
            var verdict = world.Verdict;
            var where = $"{code}, {duration}, overage {overage}, {enforcement}";
            Assert.True(row.State == verdict.State.ToString(), $"{where}: {verdict.State}");
            Assert.True(row.NewWork == (world.RefusesNewWork ? "is refused" : "begins"), $"{where}: new work");
            var told = row.ToldAs switch { "reason" => verdict.Reasons, "warning" => verdict.Warnings, _ => verdict.NotCounting };
            if (code != "nothing")
                Assert.True(told.Any(reason => reason.Code == code), $"{where}: not told");
            if (row.ToldAs != "reason" && row.State == nameof(LicenseState.Licensed))
                Assert.Empty(verdict.Reasons);
        }
    }

    [Fact]
    public void No_case_stands_in_two_rows_or_in_none()
    {
        var all = ReadTable().SelectMany(row => row.Cases().Select(c => (c, IsAlone: row.IsAlone))).ToList();
        Assert.Equal(all.Count, all.Distinct().Count());
        foreach (var byCode in all.GroupBy(entry => (entry.c.Code, entry.IsAlone)))
            Assert.True(byCode.Count() == 3 * 3 * 2, $"{byCode.Key} stands in {byCode.Count()} cases of 18");
    }

    [Fact]
    public void Every_code_stands_in_the_table()
    {
        // A fault is the node's to tell.
        var codes = typeof(ReasonCode).GetFields().Select(field => (string)field.GetRawConstantValue()!)
            .Except([ReasonCode.Fault]).Order(StringComparer.Ordinal);
        var named = ReadTable().SelectMany(row => row.Codes).Except(["nothing"]).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(codes, named);
    }

    private static World WorldOf(Row row, string code, string duration, OverageRule overage, EnforcementRule enforcement)
    {
        var world = new World { License = Licenses.Plain with { Overage = overage, Enforcement = enforcement } };
        world = world with { Facts = world.Facts with { GraceSeconds = duration == PastUnrun ? 86399 : 86400 } };
        var age = duration == Within ? Grace - TimeSpan.FromSeconds(1) : Grace;
        return code switch
        {
            "nothing" => world,
            ReasonCode.Unlicensed => New(world) with { IsEmpty = true },
            ReasonCode.Replaced => world with
            {
                License = world.License with { Replaces = Licenses.Id(0) },
                Others = [Licenses.Candidate(l => l with { Id = Licenses.Id(0), Issued = Licenses.Day(300) })],
            },
            _ when row.IsAlone => New(world) with { IsEmpty = true, Others = [BadFiles.ByCode[code]] },
            _ when row.ToldAs == "file" && BadFiles.ByCode.TryGetValue(code, out var bad) => world with { Others = [bad] },
            _ => world.Where(code, age),
        };
    }

    private static World New(World world) =>
        world with { Facts = world.Facts with { Counted = new HashSet<string>(), LastActive = null, GraceSeconds = null } };

    private static IEnumerable<Row> ReadTable() =>
        File.ReadLines(Path.Combine(RepositoryRoot(), "verifier", "README.md"))
            .SkipWhile(line => !line.StartsWith("| what is the case", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(Row.Parse);

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "OfflineLicense.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("the tests do not run inside the repository");
        return folder.FullName;
    }

    private sealed record Row(
        string Line, string[] Codes, bool IsAlone, string ToldAs, string Duration, string Overage, string Enforcement,
        string State, string NewWork)
    {
        public static Row Parse(string line)
        {
            var cells = line.Split('|')[1..^1].Select(cell => cell.Trim()).ToArray();
            var codes = cells[0].Split('`').Where((_, i) => i % 2 == 1).ToArray();
            return new Row(
                line, codes.Length == 0 ? [cells[0]] : codes, cells[0].Contains("alone", StringComparison.Ordinal),
                cells[1], cells[2], cells[3], cells[4], cells[5], cells[6]);
        }

        public IEnumerable<(string Code, string Duration, OverageRule Overage, EnforcementRule Enforcement)> Cases() =>
            from code in Codes
            from duration in Durations.Where(d => Duration == "any" || Duration == d)
            from overage in Chosen<OverageRule>(Overage)
            from enforcement in Chosen<EnforcementRule>(Enforcement)
            select (code, duration, overage, enforcement);

        private static T[] Chosen<T>(string cell)
            where T : struct, Enum =>
            cell == "any" ? Enum.GetValues<T>() : [Enum.Parse<T>(cell, ignoreCase: true)];
    }
}
