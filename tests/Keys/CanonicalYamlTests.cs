using System.Globalization;
using OfflineLicense.Keys;
using Xunit;

namespace OfflineLicense.Tests.Keys;

public sealed class CanonicalYamlTests
{
    private const string Example = """
        format: offline-license/license/v1
        licensee: Acme Telemedicine
        term:
          from: 2026-11-22T00:00:00Z
        quota: {}
        installations:
          - offline-license/mfrggzdfmztwq2lknnwg23tpoa
          - "3 nodes"
        revoked:
          keys:
            - key: vendor.example/licenses/2026+a1b2c3d4+AT
              except:
                - 1f
            - key: vendor.example/licenses/2027+a1b2c3d4+AT
        features:
          recording: "true"
          "0 key": "a: b"

        """;

    [Fact]
    public void A_written_text_is_the_one_that_is_read()
    {
        var writer = new CanonicalYamlWriter();
        writer.Plain("format", "offline-license/license/v1");
        writer.Text("licensee", "Acme Telemedicine");
        writer.Begin("term");
        writer.Plain("from", "2026-11-22T00:00:00Z");
        writer.End();
        writer.EmptyMap("quota");
        writer.Begin("installations");
        writer.PlainItem("offline-license/mfrggzdfmztwq2lknnwg23tpoa");
        writer.TextItem("3 nodes");
        writer.End();
        writer.Begin("revoked");
        writer.Begin("keys");
        writer.BeginItem();
        writer.Plain("key", "vendor.example/licenses/2026+a1b2c3d4+AT");
        writer.Begin("except");
        writer.PlainItem("1f");
        writer.End();
        writer.End();
        writer.BeginItem();
        writer.Plain("key", "vendor.example/licenses/2027+a1b2c3d4+AT");
        writer.End();
        writer.End();
        writer.End();
        writer.Begin("features");
        writer.Text("recording", "true");
        writer.Text("0 key", "a: b");
        writer.End();
        Assert.Equal(Example, writer.ToString());

        var read = CanonicalYaml.Read(Example);
        Assert.Equal(["format", "licensee", "term", "quota", "installations", "revoked", "features"], read.Entries.Select(entry => entry.Key));
        Assert.Empty(((YamlMap)read.Find("quota")!).Entries);
        Assert.Equal(new YamlScalar(16, "true", IsPlain: false), ((YamlMap)read.Find("features")!).Find("recording"));
        Assert.Equal(new YamlScalar(17, "a: b", IsPlain: false), ((YamlMap)read.Find("features")!).Find("0 key"));
        var keys = (YamlList)((YamlMap)read.Find("revoked")!).Find("keys")!;
        Assert.Equal([11, 14], keys.Items.Select(item => item.Line));
    }

    [Theory]
    [InlineData("Acme", "Acme")]
    [InlineData("Zürich & Söhne, [Ltd] {x} @ *y", "Zürich & Söhne, [Ltd] {x} @ *y")]
    [InlineData("a:b#c", "a:b#c")]
    [InlineData("a\u00a0b", "a\u00a0b")]
    [InlineData("", "\"\"")]
    [InlineData(" a", "\" a\"")]
    [InlineData("a ", "\"a \"")]
    [InlineData("a:", "\"a:\"")]
    [InlineData("a: b", "\"a: b\"")]
    [InlineData("a #b", "\"a #b\"")]
    [InlineData("2026", "\"2026\"")]
    [InlineData("Éa", "\"Éa\"")]
    [InlineData("- a", "\"- a\"")]
    [InlineData("{}", "\"{}\"")]
    [InlineData("true", "\"true\"")]
    [InlineData("No", "\"No\"")]
    [InlineData("NULL", "\"NULL\"")]
    [InlineData("y", "\"y\"")]
    [InlineData("yesterday", "yesterday")]
    [InlineData("say \"hi\"", "say \"hi\"")]
    [InlineData("\"hi\"", "\"\\\"hi\\\"\"")]
    [InlineData("a\\b", "a\\b")]
    [InlineData("\\", "\"\\\\\"")]
    [InlineData("a\nb", "\"a\\nb\"")]
    [InlineData("a\tb\r", "\"a\\u0009b\\u000d\"")]
    [InlineData("a\u007f\u0085\u009f", "\"a\\u007f\\u0085\\u009f\"")]
    [InlineData("a\u2028\u2029\ufeff", "\"a\\u2028\\u2029\\ufeff\"")]
    [InlineData("a\u202e\u2066\u061c\u200f", "\"a\\u202e\\u2066\\u061c\\u200f\"")]
    [InlineData("a/b", "a/b")]
    [InlineData("😀", "\"😀\"")]
    public void A_text_has_one_spelling(string text, string spelling)
    {
        var writer = new CanonicalYamlWriter();
        writer.Text("notes", text);
        Assert.Equal($"notes: {spelling}\n", writer.ToString());
        Assert.Equal(text, ((YamlScalar)CanonicalYaml.Read(writer.ToString()).Find("notes")!).Value);
    }

    [Theory]
    [InlineData("recording", "recording")]
    [InlineData("acme.example/max_rooms-2", "acme.example/max_rooms-2")]
    [InlineData("a b", "\"a b\"")]
    [InlineData("a *b", "\"a *b\"")]
    [InlineData("2nd", "\"2nd\"")]
    [InlineData("on", "\"on\"")]
    [InlineData("é", "\"é\"")]
    [InlineData("", "\"\"")]
    public void A_key_has_one_spelling(string key, string spelling)
    {
        var writer = new CanonicalYamlWriter();
        writer.Text(key, "value");
        Assert.Equal($"{spelling}: value\n", writer.ToString());
        Assert.Equal(key, Assert.Single(CanonicalYaml.Read(writer.ToString()).Entries).Key);
    }

    [Fact]
    public void Every_character_in_every_place_reads_back_as_it_was_written()
    {
        // All of the basic plane and one of each other plane, a thousand to a text.
        var scalars = Enumerable.Range(0, 0x10000).Where(code => code is < 0xD800 or > 0xDFFF)
            .Concat(Enumerable.Range(1, 16).Select(plane => plane * 0x10000 + 0x1F600 % 0x10000));
        foreach (var chunk in scalars.Select(char.ConvertFromUtf32).Chunk(1000))
        {
            var writer = new CanonicalYamlWriter();
            var texts = chunk.SelectMany(c => (string[])[c, "a" + c, c + "a", "a" + c + "b", "a " + c + " b"]).ToArray();
            writer.Begin("texts");
            foreach (var text in texts)
                writer.TextItem(text);
            writer.End();
            var read = Read(writer.ToString());
            Assert.Equal(texts, read);
        }

        // In parts, because a text is bounded.
        static IEnumerable<string> Read(string text) =>
            text["texts:\n".Length..].Split('\n', StringSplitOptions.RemoveEmptyEntries).Chunk(500)
                .SelectMany(lines => ((YamlList)CanonicalYaml.Read("texts:\n" + string.Join('\n', lines) + "\n").Find("texts")!).Items)
                .Cast<YamlScalar>().Select(item => item.Value);
    }

    [Fact]
    public void Random_texts_as_keys_and_values_read_back()
    {
        const int Seed = 20261123;
        var random = new Random(Seed);
        var pieces = (string[])["a", "B", "7", " ", ":", "#", "-", "\"", "\\", "\n", "\t", "{", "}", "[", "]", "é", "😀", "\u2028", "true", "'", ",", "&", "*", "!", "%", "u0041", "\\n"];
        for (var round = 0; round < 5_000; round++)
        {
            var (key, value) = (Text(), Text());
            var writer = new CanonicalYamlWriter();
            writer.Begin("features");
            writer.Text(key, value);
            writer.End();
            var entry = Assert.Single(((YamlMap)CanonicalYaml.Read(writer.ToString()).Find("features")!).Entries);
            Assert.True((key, value) == (entry.Key, ((YamlScalar)entry.Value).Value), string.Create(CultureInfo.InvariantCulture, $"seed {Seed}: {writer}"));
        }

        string Text() => string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => pieces[random.Next(pieces.Length)]));
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("a: b", 1)]
    [InlineData("\n", 1)]
    [InlineData("a: b\n\n", 2)]
    [InlineData("a: b\n\nc: d\n", 2)]
    [InlineData("# comment\na: b\n", 1)]
    [InlineData("a: b # comment\n", 1)]
    [InlineData("---\na: b\n", 1)]
    [InlineData("%YAML 1.2\na: b\n", 1)]
    [InlineData(" a: b\n", 1)]
    [InlineData("  a: b\n", 1)]
    [InlineData("a:\n b: c\n", 2)]
    [InlineData("a:\n    b: c\n", 2)]
    [InlineData("a:\nb: c\n", 2)]
    [InlineData("a:\n", 1)]
    [InlineData("a:\n- b\n", 2)]
    [InlineData("a: b\n  c: d\n", 2)]
    [InlineData("a:\n\tb: c\n", 2)]
    [InlineData("a:  b\n", 1)]
    [InlineData("a: b \n", 1)]
    [InlineData("a : b\n", 1)]
    [InlineData("a: b\r\n", 1)]
    [InlineData("a: 'b'\n", 1)]
    [InlineData("a: \"b\"\n", 1)]
    [InlineData("\"a\": b\n", 1)]
    [InlineData("a: \"1\" \n", 1)]
    [InlineData("a: \"1\"2\n", 1)]
    [InlineData("a: \"1\n", 1)]
    [InlineData("a: \"\\/\"\n", 1)]
    [InlineData("a: \"\\t\"\n", 1)]
    [InlineData("a: \"\\u0041\"\n", 1)]
    [InlineData("a: \"\\u000A\"\n", 1)]
    [InlineData("a: \"\\u000a\"\n", 1)]
    [InlineData("a: \"\\u001F\"\n", 1)]
    [InlineData("a: \"\u0001\"\n", 1)]
    [InlineData("a: b\u202ec\n", 1)]
    [InlineData("a: b\u2028c: d\n", 1)]
    [InlineData("a: &x b\n", 1)]
    [InlineData("a: *x\n", 1)]
    [InlineData("a: !x b\n", 1)]
    [InlineData("a: |\n", 1)]
    [InlineData("a: [b]\n", 1)]
    [InlineData("a: {b: c}\n", 1)]
    [InlineData("a: {} \n", 1)]
    [InlineData("a:\n  - - b\n", 2)]
    [InlineData("a:\n  -\n", 2)]
    [InlineData("a:\n  - {}\n", 2)]
    [InlineData("a:\n  - ? b\n", 2)]
    [InlineData("? a\n", 1)]
    [InlineData("a b: c\n", 1)]
    [InlineData("a *b: c\n", 1)]
    [InlineData("true: b\n", 1)]
    [InlineData("0: b\n", 1)]
    [InlineData("a\n", 1)]
    [InlineData("a: b: c\n", 1)]
    [InlineData("a: b:\n", 1)]
    [InlineData("a: b\na: c\n", 2)]
    public void Another_spelling_is_refused_with_its_line(string text, int line)
    {
        var refusal = Assert.Throws<YamlFormatException>(() => CanonicalYaml.Read(text));
        Assert.Equal(line, refusal.Line);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("a: b")]
    [InlineData("a\n")]
    [InlineData("é")]
    public void A_typed_value_that_cannot_stand_plain_is_a_mistake_of_the_caller(string value)
    {
        Assert.Throws<ArgumentException>(() => new CanonicalYamlWriter().Plain("key", value));
        Assert.Throws<ArgumentException>(() => new CanonicalYamlWriter().PlainItem(value));
    }

    [Fact]
    public void An_empty_or_unbegun_map_a_long_key_and_a_broken_text_are_mistakes_of_the_caller()
    {
        var writer = new CanonicalYamlWriter();
        Assert.Throws<InvalidOperationException>(writer.End);
        writer.Begin("term");
        Assert.Throws<InvalidOperationException>(writer.End);
        Assert.Throws<ArgumentException>(() => writer.Text(new string('a', 256), "b"));
        Assert.Throws<ArgumentException>(() => writer.Text("a", "\ud800"));
        var longest = new CanonicalYamlWriter();
        longest.Text(new string('a', 255), "b");
        Assert.NotNull(CanonicalYaml.Read(longest.ToString()));
    }

    [Fact]
    public void No_line_of_a_canonical_text_can_be_longer_than_4096_bytes()
    {
        Assert.NotNull(CanonicalYaml.Read("a: " + new string('b', 4093) + "\n"));
        Assert.Throws<YamlFormatException>(() => CanonicalYaml.Read("a: " + new string('b', 4094) + "\n"));
    }
}
