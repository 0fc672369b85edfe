using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Jangteo.Catalog;

/// <summary>DELETE /api/catalog/products/{id}: the product is no longer sold; staff. Its row stays, for orders refer to it.</summary>
static class RetireProduct
{
    public static void Map(RouteGroupBuilder catalog) => catalog.MapDelete("/products/{id:guid}", Handle).RequireAuthorization(Policies.Staff).WithTags("Products").WithName("retire-product")
        .WithSummary("Retires a product: it leaves the lists, its page says so. Saving it again brings it back.");

    static async Task<Results<NoContent, ProblemHttpResult>> Handle(Guid id, CatalogDb db, AnswerCache cache, CancellationToken ct)
    {
        if (await db.Whole(id, ct) is not { } product) return Problems.NotFound("product");
        if (product.Retired) return TypedResults.NoContent();
        product.Retired = true;
        product.Revision++;
        db.Send(product.AsRetired());
        cache.ForgetOnceCommitted(db, Stamp.Lists);
        await db.SaveChangesAsync(ct);
        return TypedResults.NoContent();
    }
}
