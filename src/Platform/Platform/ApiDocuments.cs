using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Jangteo.Platform;

/// <summary>A module of this process has an API document of this name.</summary>
sealed record ApiDocument(string Name);

/// <summary>Each module's OpenAPI document at /openapi/{module}.json, and all of them readable at /docs.</summary>
static class ApiDocuments
{
    public static readonly string[] AllModules = ["identity", "catalog", "inventory", "cart", "orders", "payments", "board"];

    public static void Describe(OpenApiOptions options, string name)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new() { Title = $"Jangteo {name}", Version = "v1", Description = $"The public API of the module {name}." };
            // The address differs in every shape; the document does not.
            document.Servers = [new() { Url = "/" }];
            return Task.CompletedTask;
        });
    }

    public static void MapApiDocuments(this WebApplication app)
    {
        if (app.Services.GetService<ApiDocument>() is not null) app.MapOpenApi("/openapi/{documentName}.json");
        // The reader asks for the documents at the same origin, so the gateway shows it as well.
        app.MapScalarApiReference("/docs", scalar =>
        {
            scalar.WithTitle("Jangteo API");
            foreach (var module in AllModules) scalar.AddDocument(module, module, $"/openapi/{module}.json");
        });
    }
}
