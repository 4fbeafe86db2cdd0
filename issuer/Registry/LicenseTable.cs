using System.Data.Common;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Issuer.Registry;

/// <summary>The licenses that the vendor signed, with their exact texts. Rows are added and never changed.</summary>
internal sealed class LicenseTable(RegistryTransaction transaction)
{
    internal const string FormatKey = "format: ";

    private const string Columns = "id, format, text, note, product, licensee, purpose, issued, replaces, signed_by";

    // BYTEA is PostgreSQL's name; SQLite takes any, and keeps bytes as they are.
    internal static RegistryUpgrade Upgrade { get; } = new(1, """
        CREATE TABLE licenses (
            id TEXT NOT NULL,
            format TEXT NOT NULL,
            text BYTEA NOT NULL,
            note BYTEA NOT NULL,
            product TEXT NOT NULL,
            licensee TEXT NOT NULL,
            purpose TEXT NOT NULL,
            issued TEXT NOT NULL,
            replaces TEXT NULL,
            signed_by TEXT NOT NULL,
            PRIMARY KEY (id, format)
        );
        CREATE INDEX licenses_of_customer ON licenses (product, licensee);
        CREATE INDEX licenses_by_replaced ON licenses (replaces);
        CREATE TABLE signings (
            number BIGINT NOT NULL PRIMARY KEY,
            at TEXT NOT NULL,
            kind TEXT NOT NULL,
            subject TEXT NOT NULL,
            signed_by TEXT NOT NULL,
            sha256 TEXT NOT NULL
        );
        """);

    /// <summary>Stores a license. Storing the same again changes nothing.</summary>
    /// <exception cref="RegistryException">The id is taken by another text of that format.</exception>
    internal void Add(StoredLicense license)
    {
        var taken = WithId(license.Id).Find(other => other.Format == license.Format);
        if (taken is not null)
        {
            if (taken.Text.AsSpan().SequenceEqual(license.Text)) return;
            throw new RegistryException($"the license {license.Id} was signed with another text; one id is signed with one text");
        }

        transaction.Execute(
            $"INSERT INTO licenses ({Columns}) VALUES (@id, @format, @text, @note, @product, @licensee, @purpose, @issued, @replaces, @signed_by)",
            ("@id", license.Id), ("@format", license.Format), ("@text", license.Text), ("@note", license.Note),
            ("@product", license.Product), ("@licensee", license.Licensee), ("@purpose", license.Purpose),
            ("@issued", ExactText.FormatTime(license.Issued)), ("@replaces", license.Replaces), ("@signed_by", license.SignedBy));
    }

    /// <summary>The license's texts, one for each format that it was signed in, the highest last; empty for an unknown id.</summary>
    internal List<StoredLicense> WithId(string id) =>
        transaction.Query($"SELECT {Columns} FROM licenses WHERE id = @id ORDER BY format", Row, ("@id", id));

    /// <summary>All licenses of a customer for a product, oldest first.</summary>
    internal List<StoredLicense> OfCustomer(string product, string licensee) => transaction.Query(
        $"SELECT {Columns} FROM licenses WHERE product = @product AND licensee = @licensee ORDER BY issued, id, format",
        Row, ("@product", product), ("@licensee", licensee));

    /// <summary>The licenses that take the place of this one, oldest first.</summary>
    internal List<StoredLicense> Replacing(string id) =>
        transaction.Query($"SELECT {Columns} FROM licenses WHERE replaces = @id ORDER BY issued, id, format", Row, ("@id", id));

    /// <summary>The names of all customers of a product.</summary>
    internal List<string> Licensees(string product) => transaction.Query(
        "SELECT DISTINCT licensee FROM licenses WHERE product = @product", static row => row.GetString(0), ("@product", product));

    /// <summary>The ids that begin so, in order.</summary>
    /// <param name="prefix">Digits and letters of an id.</param>
    /// <param name="most">How many are asked for.</param>
    internal List<string> IdsFrom(string prefix, int most) => transaction.Query(
        // An id has no letter after Z.
        "SELECT DISTINCT id FROM licenses WHERE id >= @first AND id <= @last ORDER BY id LIMIT @most",
        static row => row.GetString(0), ("@first", prefix), ("@last", prefix + new string('Z', Ulid.Length)), ("@most", (long)most));

    /// <summary>All licenses, oldest first.</summary>
    internal List<StoredLicense> All() =>
        transaction.Query($"SELECT {Columns} FROM licenses ORDER BY issued, id, format", Row);

    private static StoredLicense Row(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        Format = row.GetString(1),
        Text = row.GetFieldValue<byte[]>(2),
        Note = row.GetFieldValue<byte[]>(3),
        Product = row.GetString(4),
        Licensee = row.GetString(5),
        Purpose = row.GetString(6),
        Issued = RegistryTransaction.Time(row, 7),
        Replaces = row.IsDBNull(8) ? null : row.GetString(8),
        SignedBy = row.GetString(9),
    };
}
