using Jangteo.Catalog.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Configuration;

namespace Jangteo.Backoffice.Pages.Products;

/// <summary>/backoffice/products/{id} and /backoffice/products/new: a product with its options, prices and pictures.</summary>
[RequestSizeLimit(MaxUploadBytes), RequestFormLimits(MultipartBodyLengthLimit = MaxUploadBytes)]
sealed class EditPage(IConfiguration configuration) : StaffPage
{
    const long MaxUploadBytes = 50 << 20;

    [BindProperty(SupportsGet = true)] public Guid? Id { get; set; }
    [BindProperty] public ProductForm Input { get; set; } = new();
    [BindProperty] public List<IFormFile> Uploads { get; set; } = [];

    /// <summary>Made with the page, so that a new product sent twice is one.</summary>
    [BindProperty] public Guid NewId { get; set; } = Guid.CreateVersion7();

    public ProductView? Product { get; private set; }
    public List<(CategoryNode Category, int Depth)> Categories { get; private set; } = [];

    public async Task OnGet()
    {
        await Load();
        if (Product is not null) Input = ProductForm.Of(Product);
        else if (Id is not null && Troubles.Count == 0) Troubles.Add(W["상품을 찾을 수 없습니다.", "There is no such product."]);
        Input.AddBlanks();
    }

    public async Task<IActionResult> OnPost()
    {
        var pictures = await Upload();
        if (pictures is not null && await Save(pictures) is { } saved) return Redirect($"/backoffice/products/{saved.Id}");
        // What was typed stays, with the reason above it.
        await Load();
        Input.Pictures.AddRange((pictures ?? []).Select(name => new PictureRow { Name = name, Position = int.MaxValue }));
        Input.AddBlanks();
        return Page();
    }

    public async Task<IActionResult> OnPostRetire()
    {
        await Do("catalog", () => Modules.Catalog.Retire(Id!.Value, Ct), W["판매를 종료했습니다. 지난 주문과 후기는 그대로 남습니다.", "Retired; past orders and reviews stay."]);
        return Redirect($"/backoffice/products/{Id}");
    }

    async Task<ProductView?> Save(List<string> pictures)
    {
        if (Input.Edit(configuration["Mall:Currency"]!, pictures, W, out var wrong) is { } edit)
            return await Do("catalog", () => Modules.Catalog.Save(Id ?? NewId, edit, Ct), W["저장했습니다.", "Saved."]);
        Refused = wrong;
        return null;
    }

    async Task<List<string>?> Upload()
    {
        List<string> names = [];
        foreach (var upload in Uploads.Where(u => u.Length > 0))
        {
            await using var stream = upload.OpenReadStream();
            if (await Do("catalog", () => Modules.Catalog.AddPicture(stream, upload.ContentType, Ct), "") is not { } stored) return null;
            names.Add(stored.Name);
        }
        return names;
    }

    async Task Load()
    {
        if (Id is { } id) Product = await Ask("catalog", () => Modules.Catalog.Product(id.ToString(), Ct));
        Categories = [.. IndexPage.Flat(await Ask("catalog", () => Modules.Catalog.Categories(Ct)) ?? [], 0)];
    }
}
