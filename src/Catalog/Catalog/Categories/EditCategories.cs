using Jangteo.Catalog.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Catalog;

/// <summary>PUT and DELETE /api/catalog/categories/{slug}: staff shape the tree.</summary>
static class EditCategories
{
    public static void Map(RouteGroupBuilder catalog)
    {
        catalog.MapPut("/categories/{slug}", Save).RequireAuthorization(Policies.Staff).WithTags("Categories").WithName("save-category").WithSummary("Makes or changes a category.");
        catalog.MapDelete("/categories/{slug}", Remove).RequireAuthorization(Policies.Staff).WithTags("Categories").WithName("remove-category").WithSummary("Removes a category that nothing is in.");
    }

    static Task<Results<Ok<CategoryNode>, ProblemHttpResult>> Save(string slug, CategoryEdit request, CatalogDb db, AnswerCache cache, CancellationToken ct) =>
        db.ChangeTree(() => Change(slug, request, db, cache, ct), ct);

    static async Task<Results<Ok<CategoryNode>, ProblemHttpResult>> Change(string slug, CategoryEdit request, CatalogDb db, AnswerCache cache, CancellationToken ct)
    {
        var tree = await db.Tree(ct);
        if (Fault(slug, request, tree) is { } fault) return Problems.Invalid(fault.Field, fault.Message);
        if (request.Icon is { } icon && (await PictureStore.Missing(db, [icon], ct)).Count > 0) return Problems.Invalid("icon", "There is no such picture.");
        var category = await db.Categories.FirstOrDefaultAsync(c => c.Slug == slug, ct) ?? db.Add(new Category { Slug = slug }).Entity;
        (category.Name, category.Parent, category.Position, category.Icon) = (request.Name, request.Parent, request.Position, request.Icon);
        await Announce(db, cache, ct);
        tree = await db.Tree(ct);
        return TypedResults.Ok(tree.Node(category, await ShowCategories.CountProducts(db, ct)));
    }

    /// <summary>What is wrong with the edit: the tree must stay a tree of bounded size.</summary>
    static (string Field, string Message)? Fault(string slug, CategoryEdit edit, CategoryTree tree)
    {
        if (!SlugText.IsSlug(slug)) return ("slug", $"Lower-case letters, digits and single hyphens, at most {SlugText.MaxLength}.");
        if (!ProductRules.Fits(edit.Name.Ko, 1, ProductRules.MaxShort)) return ("name.ko", $"1 to {ProductRules.MaxShort} characters.");
        if (!ProductRules.Fits(edit.Name.En, 1, ProductRules.MaxShort)) return ("name.en", $"1 to {ProductRules.MaxShort} characters.");
        if (edit.Position is < 0 or > CategoryTree.MaxCategories) return ("position", $"0 to {CategoryTree.MaxCategories}.");
        if (edit.Icon is not null && !PictureStore.IsName(edit.Icon)) return ("icon", "A name that storing a picture gave.");
        if (!tree.Has(slug) && tree.Count >= CategoryTree.MaxCategories) return ("slug", $"There are {CategoryTree.MaxCategories} categories already.");
        if (edit.Parent is not { } parent) return null;
        if (!tree.Has(parent)) return ("parent", "There is no such category.");
        if (tree.Within(slug).Contains(parent)) return ("parent", "A category cannot be below itself.");
        if (tree.Path(parent).Count + (tree.Has(slug) ? tree.Height(slug) : 1) > CategoryTree.MaxDepth) return ("parent", $"The tree may be {CategoryTree.MaxDepth} levels deep.");
        return null;
    }

    static Task<Results<NoContent, ProblemHttpResult>> Remove(string slug, CatalogDb db, AnswerCache cache, CancellationToken ct) => db.ChangeTree(() => TakeAway(slug, db, cache, ct), ct);

    static async Task<Results<NoContent, ProblemHttpResult>> TakeAway(string slug, CatalogDb db, AnswerCache cache, CancellationToken ct)
    {
        if (!SlugText.IsSlug(slug) || await db.Categories.FirstOrDefaultAsync(c => c.Slug == slug, ct) is not { } category) return Problems.NotFound("category");
        if (await db.Categories.AnyAsync(c => c.Parent == slug, ct) || await db.Products.AnyAsync(p => p.Category == slug, ct))
            return Problems.Conflict("category-in-use", "Products, retired ones too, or other categories are still in it. Move them first.");
        db.Remove(category);
        await Announce(db, cache, ct);
        return TypedResults.NoContent();
    }

    static Task Announce(CatalogDb db, AnswerCache cache, CancellationToken ct)
    {
        db.Send(new CategoriesChanged());
        cache.ForgetOnceCommitted(db, Stamp.Lists);
        return db.SaveChangesAsync(ct);
    }
}
