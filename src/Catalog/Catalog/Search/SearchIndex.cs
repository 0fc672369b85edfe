using Microsoft.EntityFrameworkCore;

namespace Jangteo.Catalog;

/// <summary>A product as search sees it: its fields for ranking, and the terms for the database's full-text index.</summary>
sealed class SearchEntry
{
    public long Number { get; init; }
    public Guid ProductId { get; init; }
    public string Name { get; set; } = "";
    public string Brand { get; set; } = "";
    public string Keywords { get; set; } = "";
    public string Body { get; set; } = "";
    public string Terms { get; set; } = "";

    public SearchEntry Describe(Product product)
    {
        var (name, brand, details) = (product.Name, product.Brand, product.Details);
        string[] body = [product.Summary.Ko, product.Summary.En, details.Description.Ko, details.Description.En, .. product.Sold.SelectMany(s => s.Options).SelectMany(o => new[] { o.Ko, o.En })];
        Name = SearchWords.Line(name.Ko, name.En);
        Brand = SearchWords.Line(brand.Ko, brand.En);
        Keywords = SearchWords.Line(details.Keywords);
        Body = SearchWords.Line(body);
        Terms = SearchWords.Terms([name.Ko, name.En, brand.Ko, brand.En, .. details.Keywords, .. body]);
        return this;
    }
}

/// <summary>The full-text index of each database over <see cref="SearchEntry.Terms"/>: kept by the database itself, in the transaction of the change.</summary>
static class SearchIndex
{
    public const string CreateOnSqlite = """
        CREATE VIRTUAL TABLE search_index USING fts5("Terms", content='search_entries', content_rowid='Number', tokenize='unicode61 remove_diacritics 0');
        CREATE TRIGGER search_entries_inserted AFTER INSERT ON search_entries BEGIN
            INSERT INTO search_index(rowid, "Terms") VALUES (new."Number", new."Terms");
        END;
        CREATE TRIGGER search_entries_deleted AFTER DELETE ON search_entries BEGIN
            INSERT INTO search_index(search_index, rowid, "Terms") VALUES ('delete', old."Number", old."Terms");
        END;
        CREATE TRIGGER search_entries_updated AFTER UPDATE OF "Terms" ON search_entries BEGIN
            INSERT INTO search_index(search_index, rowid, "Terms") VALUES ('delete', old."Number", old."Terms");
            INSERT INTO search_index(rowid, "Terms") VALUES (new."Number", new."Terms");
        END;
        """;

    // Stored, because a phrase is looked up again in every row that the index offers.
    public const string CreateOnPostgreSql = """
        ALTER TABLE search_entries ADD "Vector" tsvector GENERATED ALWAYS AS (to_tsvector('simple', "Terms")) STORED;
        CREATE INDEX "IX_search_entries_Vector" ON search_entries USING gin ("Vector");
        """;

    /// <summary>The entries that match; composes with further conditions.</summary>
    public static IQueryable<SearchEntry> Matching(this CatalogDb db, SearchQuery query)
    {
        if (db.IsSqlite)
        {
            var match = query.ForSqlite();
            return db.SearchEntries.FromSql($"""SELECT * FROM search_entries WHERE "Number" IN (SELECT rowid FROM search_index WHERE search_index MATCH {match})""").AsNoTracking();
        }
        var vector = query.ForPostgreSql();
        return db.SearchEntries.FromSql($"""SELECT * FROM search_entries WHERE "Vector" @@ {vector}::tsquery""").AsNoTracking();
    }
}
