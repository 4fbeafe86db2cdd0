using System.Globalization;
using System.Text;
using OfflineLicense.Issuer.Plans;
using OfflineLicense.Keys;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Plans;

public sealed class YamlTreeTests
{
    [Fact]
    public void A_plan_may_have_comments_flow_style_and_every_quoting()
    {
        var plan = YamlTree.ReadAny("""
            # what Acme ordered
            licensee: 'Acme Telemedicine' # as on the invoice
            quota: {cores: 64, "node-minutes": 1051200}
            installations: [a, "b"]
            notes: >-
              folded
              text
            mail-every:
            """);
        Assert.Equal(["licensee", "quota", "installations", "notes", "mail-every"], plan.Entries.Select(entry => entry.Key));
        Assert.Equal([2, 3, 4, 5, 8], plan.Entries.Select(entry => entry.Line));
        Assert.Equal(new YamlScalar(2, "Acme Telemedicine", IsPlain: false), plan.Find("licensee"));
        Assert.Equal(new YamlScalar(3, "64", IsPlain: true), ((YamlMap)plan.Find("quota")!).Find("cores"));
        Assert.Equal(["a", "b"], ((YamlList)plan.Find("installations")!).Items.Cast<YamlScalar>().Select(item => item.Value));
        Assert.Equal("folded text", ((YamlScalar)plan.Find("notes")!).Value);
        Assert.Equal("", ((YamlScalar)plan.Find("mail-every")!).Value);
        Assert.Null(plan.Find("absent"));
    }

    [Theory]
    [InlineData("", 1, "holds no YAML")]
    [InlineData("# nothing\n", 1, "holds no YAML")]
    [InlineData("- a\n", 1, "no map")]
    [InlineData("text\n", 1, "no map")]
    [InlineData("a: 1\nb: 2\na: 3\n", 3, "the key 'a' stands twice")]
    [InlineData("a: {b: 1, b: 2}\n", 1, "the key 'b' stands twice")]
    [InlineData("a: &x 1\n", 1, "an anchor")]
    [InlineData("a: *x\n", 1, "an alias")]
    [InlineData("a: !!str 1\n", 1, "a tag")]
    [InlineData("a: 1\nb: !x {c: 1}\n", 2, "a tag")]
    [InlineData("a: 1\n---\nb: 2\n", 2, "a second document")]
    [InlineData("[a]: 1\n", 1, "a key is a word")]
    [InlineData("a: [1\n", 2, "not YAML")]
    [InlineData("a: \"\\q\"\n", 1, "not YAML")]
    [InlineData("a: 1\n b: 2\n", 2, "not YAML")]
    [InlineData("a: 1\nb\u0007: 2\n", 2, "control character U+0007")]
    [InlineData("a:\n  b:\n    c:\n      d:\n        e:\n          f:\n            g:\n              h:\n                i: 1\n", 9, "nested more than 8")]
    public void A_plan_that_cannot_be_meant_is_refused_with_its_line(string plan, int line, string reason)
    {
        var refusal = Assert.Throws<YamlFormatException>(() => YamlTree.ReadAny(plan));
        Assert.Contains(reason, refusal.Reason, StringComparison.Ordinal);
        Assert.Equal(line, refusal.Line);
    }

    [Fact]
    public void Eight_levels_are_read()
    {
        Assert.NotNull(YamlTree.ReadAny("a:\n  b:\n    c:\n      d:\n        e:\n          f:\n            g:\n              h: 1\n"));
        Assert.NotNull(YamlTree.ReadAny("a: {b: {c: {d: {e: {f: {g: 1}}}}}}\n"));
    }

    public static TheoryData<string> HostileTexts =>
    [
        new string('[', 40_000),
        new string('{', 40_000),
        "a: " + new string('[', 60_000),
        string.Concat(Enumerable.Repeat("[\"]\",", 10_000)),
        string.Concat(Enumerable.Repeat("{a: ", 15_000)),
        string.Concat(Enumerable.Repeat("- ", 20_000)),
        string.Concat(Enumerable.Repeat("? ", 20_000)),
        string.Concat(Enumerable.Repeat("? - ", 10_000)),
        string.Concat(Enumerable.Repeat(": ", 20_000)),
        string.Concat(Enumerable.Repeat("a: ", 20_000)),
        string.Concat(Enumerable.Range(0, 350).Select(i => new string(' ', i) + "a:\n")),
        string.Concat(Enumerable.Range(0, 350).Select(i => new string(' ', i) + "-\n")),
        "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c]\n",
        string.Concat(Enumerable.Repeat("&a ", 20_000)),
        string.Concat(Enumerable.Repeat("!a ", 20_000)),
        string.Concat(Enumerable.Repeat("---\n", 15_000)),
        string.Concat(Enumerable.Repeat("%YAML 1.1\n", 6_000)),
        "a: \"" + new string('\\', 60_000),
        "a: '" + new string('\'', 60_001),
        "a: |\n" + string.Concat(Enumerable.Repeat(" \n", 30_000)),
        "a: " + new string(' ', 60_000) + "b",
        new string('\n', 60_000),
        new string('\t', 60_000),
        new string('#', 60_000),
        "a: [" + string.Concat(Enumerable.Repeat("b, ", 20_000)),
        "a: [" + string.Concat(Enumerable.Repeat("[], ", 15_000)),
        "a: {" + string.Concat(Enumerable.Repeat("b: c, ", 10_000)),
        new string('a', 1_000_000),
    ];

    [Theory]
    [MemberData(nameof(HostileTexts))]
    public void A_hostile_text_is_answered_in_under_a_second_of_processor_time(string text)
    {
        var second = TimeSpan.FromSeconds(1);
        var took = LeastCost.ProcessorTime(() =>
        {
            Assert.True(Record.Exception(() => YamlTree.ReadAny(text)) is null or YamlFormatException);
            Assert.Throws<YamlFormatException>(() => CanonicalYaml.Read(text));
        }, second);
        Assert.InRange(took, TimeSpan.Zero, second);
    }

    [Fact]
    public void Whatever_bytes_come_only_the_refusal_is_thrown()
    {
        const int Seed = 20261122;
        var random = new Random(Seed);
        var pieces = (string[])["a", ": ", "- ", "\n", "  ", "[", "]", "{", "}", "\"", "'", "#", "|", ">", "&a", "*a", "!", "?", "\\", "é", "\u2028", "\ufeff", "---", "%", ",", "\t", "\\u12", "\\U00110000"];
        for (var round = 0; round < 20_000; round++)
        {
            var text = new StringBuilder();
            for (var i = random.Next(12); i >= 0; i--)
                text.Append(pieces[random.Next(pieces.Length)]);
            foreach (var read in (Func<string, YamlMap>[])[YamlTree.ReadAny, CanonicalYaml.Read])
            {
                var thrown = Record.Exception(() => read(text.ToString()));
                Assert.True(thrown is null or YamlFormatException, string.Create(CultureInfo.InvariantCulture, $"seed {Seed}: {text}: {thrown}"));
            }
        }
    }
}
