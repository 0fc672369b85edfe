using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Jangteo.Identity.Tokens;

/// <summary>GET /.well-known/jwks: the public keys with which everybody checks tokens.</summary>
static class KeySet
{
    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/.well-known/jwks", Handle).ExcludeFromDescription();

    static async Task<IResult> Handle(Keys keys, CancellationToken ct) => TypedResults.Text((await keys.Get(ct)).PublicJson, "application/json");
}
