using Jangteo.Catalog.Contracts;
using Jangteo.Inventory.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Mvc;

namespace Jangteo.Backoffice.Pages.Stock;

/// <summary>A SKU with its name and level; the level is null while Inventory does not know it.</summary>
sealed record StockRow(string Sku, ProductView? Product, LocalText? Label, StockLevel? Level);

/// <summary>/backoffice/stock: how many there are of everything, and corrections with a reason.</summary>
sealed class IndexPage : StaffPage
{
    const int PageSize = 20;
    const int MaxSkusPerCall = 100;

    [BindProperty(SupportsGet = true)] public string? Search { get; set; }
    [BindProperty(SupportsGet = true)] public bool Low { get; set; }
    [BindProperty(SupportsGet = true)] public string? After { get; set; }

    public List<StockRow> Rows { get; private set; } = [];
    public string? Next { get; private set; }

    /// <summary>A correction that was not made, as it was typed.</summary>
    public (string? Sku, int? Change, string? Reason) Typed { get; private set; }

    public async Task OnGet()
    {
        if (Low) await LoadLow();
        else await LoadFound();
    }

    public async Task<IActionResult> OnPost(string sku, int? change, string? reason, string key)
    {
        if (change is null or 0) Refused = W["증감 수량을 입력해 주세요.", "Write how many came in or went out."];
        else if (await Do("inventory", () => Modules.Inventory.Adjust(new(sku, change.Value, reason?.Trim() ?? ""), key, Ct), W[$"{sku}의 재고를 {change:+0;-0}개 조정했습니다.", $"Corrected the stock of {sku} by {change:+0;-0}."]) is not null) return LocalRedirect($"{Request.Path}{Request.QueryString}");
        Typed = (sku, change, reason);
        await OnGet();
        // The list may come from the very module that does not answer.
        if (!Rows.Exists(r => r.Sku == sku)) Rows.Insert(0, RowOf(sku, null, null));
        return Page();
    }

    async Task LoadLow()
    {
        var page = await Ask("inventory", () => Modules.Inventory.LowStock(after: After, limit: PageSize, ct: Ct)) ?? new([], null);
        Next = page.Next;
        if (page.Items.Count == 0) return;
        var products = await ProductsOf(new(Skus: string.Join(',', page.Items.Select(s => s.Sku)), Limit: PageSize));
        Rows = [.. page.Items.Select(level => RowOf(level.Sku, products.Find(p => p.Skus.Any(s => s.Sku == level.Sku)), level))];
    }

    async Task LoadFound()
    {
        var products = await ProductsOf(await Products.IndexPage.QueryOf(this, Search, null, After, PageSize));
        List<StockLevel> levels = [];
        foreach (var skus in products.SelectMany(p => p.Skus.Select(s => s.Sku)).Chunk(MaxSkusPerCall))
            levels.AddRange(await Ask("inventory", () => Modules.Inventory.Stock(skus, Ct)) ?? []);
        Rows = [.. products.SelectMany(p => p.Skus.Select(s => RowOf(s.Sku, p, levels.Find(l => l.Sku == s.Sku))))];
    }

    async Task<List<ProductView>> ProductsOf(ProductQuery query)
    {
        var list = await Ask("catalog", () => Modules.Catalog.Browse(query, Ct));
        if (!Low) Next = list?.Next;
        // The list does not name the SKUs of products with options.
        var products = await Task.WhenAll((list?.Items ?? []).Select(p => Ask("catalog", () => Modules.Catalog.Product(p.Id.ToString(), Ct))));
        return [.. products.OfType<ProductView>()];
    }

    static StockRow RowOf(string sku, ProductView? product, StockLevel? level) => new(sku, product, LabelOf(product?.Skus.FirstOrDefault(s => s.Sku == sku)), level);

    static LocalText? LabelOf(SkuView? sku) => sku is null || sku.Options.Count == 0 ? null : new(string.Join(" / ", sku.Options.Select(o => o.Ko)), string.Join(" / ", sku.Options.Select(o => o.En)));
}
