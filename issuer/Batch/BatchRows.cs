using System.Collections.Immutable;
using System.Text;
using OfflineLicense.Issuer.Plans;
using OfflineLicense.Verifier;

namespace OfflineLicense.Issuer.Batch;

/// <summary>One license that is asked for.</summary>
/// <param name="Line">The line of the file.</param>
/// <param name="Plan">The template with the row's fields over it.</param>
internal sealed record BatchRow(int Line, LicensePlan Plan);

/// <summary>
/// A file of rows over a template: each column is a key of a plan, each row a license. An empty field says nothing,
/// but that of the licensee is an error: else a customer forgotten would be a license for whom the template names.
/// Everything that is wrong with the file is found at once.
/// </summary>
internal sealed class BatchRows
{
    /// <summary>The most bytes of a file: for the most rows, some 640 bytes each.</summary>
    internal const int MaxBytes = 64 * 1024 * 1024;

    /// <summary>The most licenses of one batch, all signed in one transaction: minutes, and not hours.</summary>
    internal const int MaxRows = 100_000;

    private const int MostQuoted = 60;

    private readonly string _file;
    private readonly LicensePlan _template;
    private readonly List<BatchError> _errors = [];
    private readonly List<BatchRow> _rows = [];
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);
    private List<Column> _columns = [];

    private BatchRows(string file, LicensePlan template) => (_file, _template) = (file, template);

    /// <param name="untrustedFile">The file's bytes, at most <see cref="MaxBytes"/>.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="template">What all licenses have in common, with what the home fills in.</param>
    /// <param name="makes">Makes a license of a plan, or throws <see cref="PlanException"/>.</param>
    /// <returns>The rows that make a license, and what is wrong with all others.</returns>
    internal static (IReadOnlyList<BatchRow> Rows, IReadOnlyList<BatchError> Errors) Read(
        ReadOnlySpan<byte> untrustedFile, string file, LicensePlan template, Func<LicensePlan, License> makes)
    {
        var rows = new BatchRows(file, template);
        rows.Read(untrustedFile, makes);
        return (rows._rows, rows._errors);
    }

    private void Read(ReadOnlySpan<byte> untrustedFile, Func<LicensePlan, License> makes)
    {
        try
        {
            var count = -1; // the first names the columns
            foreach (var record in CsvText.Read(Decode(untrustedFile)))
            {
                if (++count == 0)
                    ReadColumns(record);
                else if (_columns.Count > 0)
                    ReadRow(record, makes);
                if (count > MaxRows)
                {
                    Wrong(record.Line, $"there are more than {Words.Number(MaxRows)} rows", "split the file");
                    return;
                }
            }

            if (_rows.Count == 0 && _errors.Count == 0)
                Wrong(1, "there is no row under the names of the columns", "the first line names keys of a plan, such as licensee,quota.cores; each further one is a license");
        }
        catch (CsvFormatException e)
        {
            Wrong(e.Line, e.Reason, e.Hint);
        }
        catch (DecoderFallbackException)
        {
            Wrong(1, "the file is not in UTF-8", "save it as 'CSV UTF-8'");
        }
    }

    private static string Decode(ReadOnlySpan<byte> untrustedFile) =>
        new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(untrustedFile.StartsWith("\uFEFF"u8) ? untrustedFile[3..] : untrustedFile);

    private void ReadColumns(CsvRecord head)
    {
        var columns = new List<Column>();
        foreach (var name in head.Fields)
        {
            if (Column.Of(name) is not { } column)
                WrongColumn(head, name);
            else if (columns.Contains(column))
                Wrong(head.Line, $"the column '{name}' stands here twice", "keep one of them");
            else
                columns.Add(column);
        }

        // With a column that nobody understands no row can be judged.
        if (_errors.Count == 0) _columns = columns;
    }

    private void WrongColumn(CsvRecord head, string name)
    {
        if (head.Fields.Count == 1 && name.Contains(';', StringComparison.Ordinal))
            Wrong(head.Line, "the columns are set apart by semicolons", "save the file with commas");
        else if (name.Length == 0)
            Wrong(head.Line, "a column has no name", "name a key of a plan, such as quota.cores, or leave the column out");
        else if (PlanKey.Find(name) is { IsFilledIn: true })
            Wrong(head.Line, $"'{name}' is filled in when the license is signed", "leave the column out");
        else
            Wrong(head.Line, $"the column '{(name.Length > MostQuoted ? name[..MostQuoted] + "…" : name)}' is no key of a plan", NearestKey.Of(name) is { } near && near != name ? $"did you mean '{near}'?" : "plans/sample.yaml has every key, explained");
    }

    private void ReadRow(CsvRecord record, Func<LicensePlan, License> makes)
    {
        if (record.Fields.Count != _columns.Count)
        {
            Wrong(record.Line, $"the row has {Words.Count(record.Fields.Count, "field")}, and the first line names {Words.Count(_columns.Count, "column")}",
                "put a field that holds a comma in quotes");
            return;
        }

        if (_columns.Zip(record.Fields).Any(static cell => cell.First.Key.Path == "licensee" && string.IsNullOrWhiteSpace(cell.Second)))
        {
            Wrong(record.Line, "the field 'licensee' is empty", "say whom the license is for; a template's or --licensee's name is for a file without this column");
            return;
        }

        var cells = _columns.Zip(record.Fields).Where(static cell => cell.Second.Length > 0).ToList();
        var template = _template.Named(BatchError.Place(record.Line, _file));
        var row = new BatchRow(record.Line, cells.Aggregate(template, Put));
        try
        {
            makes(row.Plan);
            _rows.Add(row);
        }
        catch (PlanException first)
        {
            // The license's reader stops at the first error; so each field is tried alone, on a plan that lacks nothing.
            var good = template.WithDefault("licensee", "A").WithDefault("quota", "");
            var errors = cells.Select(cell => Failure(Put(good, cell), makes)).OfType<PlanException>()
                .Where(error => error.Message.StartsWith(row.Plan.File, StringComparison.Ordinal))
                .Append(first);
            // What is wrong with the template is wrong in every row, and told once.
            _errors.AddRange(errors.Where(error => _said.Add(error.Message)).Select(error => new BatchError(row.Line, error.Message, error.Hint)));
        }

        LicensePlan Put(LicensePlan plan, (Column Column, string Text) cell) => cell.Column.Put(plan, cell.Text);
    }

    private static PlanException? Failure(LicensePlan plan, Func<LicensePlan, License> makes)
    {
        try
        {
            makes(plan);
            return null;
        }
        catch (PlanException e)
        {
            return e;
        }
    }

    private void Wrong(int line, string reason, string hint) =>
        _errors.Add(new BatchError(line, $"{BatchError.Place(line, _file)}: {reason}", hint));

    /// <summary>A column: a key of a plan, and the name under it where that is a map of texts.</summary>
    private sealed record Column(PlanKey Key, string Name)
    {
        internal static Column? Of(string path)
        {
            if (PlanKey.Find(path) is { IsFilledIn: false, Kind: not (PlanValueKind.Empty or PlanValueKind.Texts) } key)
                return new Column(key, "");
            var map = PlanKey.All.FirstOrDefault(other => other.Kind == PlanValueKind.Texts && path.StartsWith($"{other.Path}.", StringComparison.Ordinal));
            return map is not null && path.Length > map.Path.Length + 1 ? new Column(map, path[(map.Path.Length + 1)..]) : null;
        }

        internal LicensePlan Put(LicensePlan plan, string text)
        {
            var place = $"{plan.File}, column {(Name.Length > 0 ? $"{Key.Path}.{Name}" : Key.Path)}";
            // Words of a list are set apart by white space: none of them holds any.
            ImmutableArray<string> texts = Key.Kind == PlanValueKind.List
                ? [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)]
                : [text];
            return plan.With(Key.Path, [.. texts.Select(one => new PlanValue(Name, one, place))]);
        }
    }
}
