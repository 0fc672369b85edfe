using Jangteo.Catalog.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Jangteo.Backoffice.Pages.Products;

/// <summary>/backoffice/products/import: many products from a CSV file, all or none.</summary>
[RequestSizeLimit(MaxUploadBytes), RequestFormLimits(MultipartBodyLengthLimit = MaxUploadBytes)]
sealed class ImportPage : StaffPage
{
    const long MaxUploadBytes = 20 << 20;

    [BindProperty] public IFormFile? Csv { get; set; }

    public ImportReport? Report { get; private set; }

    /// <summary>All products as they are now, in the columns of the import.</summary>
    public async Task<IActionResult> OnGetExport()
    {
        if (await Do("catalog", async () => new Answer<Stream>(await Modules.Catalog.Export(Ct), null), "") is { } csv) return File(csv, "text/csv; charset=utf-8", "products.csv");
        return Redirect("/backoffice/products/import");
    }

    public async Task OnPost()
    {
        if (Csv is null || Csv.Length == 0)
        {
            Troubles.Add(W["파일을 선택해 주세요.", "Choose a file."]);
            return;
        }
        await using var stream = Csv.OpenReadStream();
        Report = await Do("catalog", () => Modules.Catalog.Import(stream, Ct), "");
    }
}
