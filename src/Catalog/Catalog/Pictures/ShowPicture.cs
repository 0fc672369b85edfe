using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Jangteo.Catalog;

/// <summary>GET /api/catalog/pictures/{name}/{width}.webp: a picture in one of four widths. A name never gets other pixels, so browsers keep it.</summary>
static class ShowPicture
{
    public static void Map(RouteGroupBuilder catalog) => catalog.MapGet("/pictures/{name}/{width:int}.webp", Handle).WithTags("Pictures").WithName("picture")
        .Produces(200, contentType: "image/webp").WithSummary("A picture, 160, 320, 640 or 1280 pixels wide; never wider than it was stored.");

    static async Task<Results<PhysicalFileHttpResult, ProblemHttpResult>> Handle(string name, int width, CatalogDb db, PictureStore store, HttpResponse response, CancellationToken ct)
    {
        if (!PictureStore.Widths.Contains(width)) return Problems.Invalid("width", $"One of {string.Join(", ", PictureStore.Widths)}.");
        if (!PictureStore.IsName(name) || await store.Sized(db, name, width, ct) is not { } file) return Problems.NotFound("picture");
        response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return TypedResults.PhysicalFile(file, "image/webp");
    }
}
