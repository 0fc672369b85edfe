using System.Security.Cryptography;
using Jangteo.Catalog.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Catalog;

/// <summary>POST /api/catalog/pictures: stores a picture; staff. The same picture has the same name, so a repeat changes nothing.</summary>
static class AddPicture
{
    const int MaxPictures = 100_000;

    public static void Map(RouteGroupBuilder catalog) => catalog.MapPost("/pictures", Handle).RequireAuthorization(Policies.Staff).WithMetadata(new RequestSizeLimitAttribute(Picture.MaxUploadBytes))
        .Accepts<Stream>("image/jpeg", "image/png", "image/webp", "*/*").WithTags("Pictures").WithName("add-picture")
        .WithSummary("Stores a JPEG, PNG or WebP picture of at most 10 MB and gives its name; what it is is told from its bytes.");

    static async Task<Results<Created<StoredPicture>, ProblemHttpResult>> Handle(HttpRequest request, CatalogDb db, PictureStore store, TimeProvider time, CancellationToken ct)
    {
        if (await Upload.Read(request, Picture.MaxUploadBytes, ct) is not { } file) return Upload.TooLarge(Picture.MaxUploadBytes);
        var (clean, refusal) = await store.Decode(() => Picture.Clean(file), ct);
        if (clean is null) return Problems.Invalid("body", refusal!);
        var name = Convert.ToHexStringLower(SHA256.HashData(clean).AsSpan(0, 16));
        if (!await db.Pictures.AnyAsync(p => p.Name == name, ct))
        {
            if (await db.Pictures.CountAsync(ct) >= MaxPictures) return Problems.Conflict("too-many-pictures", $"There are {MaxPictures} pictures already.");
            db.Add(new Picture { Name = name, Bytes = clean, At = time.GetUtcNow() });
            await db.SaveChangesAsync(ct);
        }
        return TypedResults.Created($"/api/catalog/pictures/{name}/{PictureStore.Widths[^1]}.webp", new StoredPicture(name));
    }
}

/// <summary>Reads an uploaded body of limited size, on every transport and again when a handler is tried again.</summary>
static class Upload
{
    public static async Task<byte[]?> Read(HttpRequest request, int maxBytes, CancellationToken ct)
    {
        request.EnableBuffering(bufferThreshold: maxBytes);
        request.Body.Position = 0;
        var file = new MemoryStream();
        var buffer = new byte[81_920];
        while (await request.Body.ReadAsync(buffer, ct) is > 0 and var count)
        {
            if (file.Length + count > maxBytes) return null;
            file.Write(buffer, 0, count);
        }
        return file.ToArray();
    }

    public static ProblemHttpResult TooLarge(int maxBytes) => Problems.Of(413, "too-large", $"At most {maxBytes >> 20} MB.");
}
