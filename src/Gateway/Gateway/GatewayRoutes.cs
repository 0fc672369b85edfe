using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Transforms;

namespace Jangteo.Gateway;

/// <summary>
/// One origin for services that run elsewhere: every module with an address in the configuration is reached through its
/// public paths. As a process of its own it forwards all; inside Mall, only what was moved out.
/// </summary>
public static class GatewayRoutes
{
    static readonly TimeSpan ActivityTimeout = TimeSpan.FromSeconds(10);
    static readonly TimeSpan FeedActivityTimeout = TimeSpan.FromSeconds(40);
    // Longer than the catalog's client waits for what staff upload, so that the page can say what became of it.
    static readonly TimeSpan UploadActivityTimeout = TimeSpan.FromSeconds(90);
    const long MaxUploadBytes = 50 << 20;
    const string Imports = "/api/catalog/imports", Pictures = "/api/catalog/pictures", ProductPages = "/backoffice/products/{**rest}";

    // What a client may not say about itself: who it is and where it comes from is ours to find out.
    static readonly string[] ClientSentIdentity = ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "Forwarded", "X-Real-IP", "X-Original-For", "X-Original-Host", "X-Original-Proto", "X-Original-URL", "X-Rewrite-URL", "X-Member", "X-User"];

    /// <summary>The public paths of each part of the mall, in the order of <see cref="Parts"/>.</summary>
    static readonly Dictionary<string, string[]> PathsOf = new()
    {
        ["identity"] = [.. Api("identity"), "/identity/{**rest}", "/connect/{**rest}", "/.well-known/{**rest}"],
        ["catalog"] = [.. Api("catalog"), Imports, Pictures],
        ["inventory"] = Api("inventory"),
        ["cart"] = Api("cart"),
        ["orders"] = Api("orders"),
        ["payments"] = Api("payments"),
        ["board"] = Api("board"),
        ["sandboxpay"] = ["/sandbox-pay/{**rest}"],
        ["backoffice"] = ["/backoffice/{**rest}", ProductPages],
        ["storefront"] = ["/{**rest}"],
    };

    /// <summary>All that can be moved out.</summary>
    public static IReadOnlyCollection<string> Parts => PathsOf.Keys;

    /// <summary>Adds the proxy for all parts that have an address.</summary>
    public static void AddGateway(this WebApplicationBuilder builder)
    {
        var elsewhere = Parts.Where(part => !builder.Configuration.IsHere(part)).ToList();
        if (elsewhere.Count == 0) return;
        builder.Services.AddReverseProxy()
            .LoadFromMemory([.. elsewhere.SelectMany(RoutesOf)], [.. elsewhere.SelectMany(part => ClustersOf(part, builder.Configuration))])
            .AddTransforms(transforms =>
            {
                foreach (var header in ClientSentIdentity) transforms.AddRequestHeaderRemove(header);
                transforms.AddXForwarded(ForwardedTransformActions.Set);
                transforms.AddOriginalHost();
            });
    }

    /// <summary>Maps the routes of all parts that have an address.</summary>
    public static void MapGateway(this WebApplication app)
    {
        if (Parts.Any(part => !app.Configuration.IsHere(part))) app.MapReverseProxy();
    }

    static string[] Api(string module) => [$"/api/{module}/{{**rest}}", $"/feeds/{module}", $"/openapi/{module}.json"];

    static IEnumerable<RouteConfig> RoutesOf(string part) => PathsOf[part].Select(path => new RouteConfig
    {
        RouteId = $"{part} {path}",
        ClusterId = part + KindOf(path),
        // The storefront takes what nobody else claims.
        Order = part == "storefront" ? 100 : 0,
        Match = new() { Path = path },
        // Whoever takes uploads has a limit of their own.
        MaxRequestBodySize = KindOf(path) == Upload ? MaxUploadBytes : null,
    });

    static IEnumerable<ClusterConfig> ClustersOf(string part, IConfiguration configuration)
    {
        var addresses = configuration[$"Modules:{part}:Address"]!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var kind in PathsOf[part].Select(KindOf).Distinct())
            yield return Cluster(part + kind, addresses, kind switch { Feed => FeedActivityTimeout, Upload => UploadActivityTimeout, _ => ActivityTimeout }, checkHealth: kind != Feed);
    }

    const string Feed = "-feed", Upload = "-upload";

    // Reading a feed may wait half a minute for news; readers try again by themselves.
    static string KindOf(string path) => path.StartsWith("/feeds", StringComparison.Ordinal) ? Feed : path is Imports or Pictures or ProductPages ? Upload : "";

    static ClusterConfig Cluster(string name, string[] addresses, TimeSpan timeout, bool checkHealth) => new()
    {
        ClusterId = name,
        LoadBalancingPolicy = "PowerOfTwoChoices",
        Destinations = addresses.Select((address, i) => (Name: $"{name}-{i}", Address: address)).ToDictionary(d => d.Name, d => new DestinationConfig { Address = d.Address }),
        HttpRequest = new ForwarderRequestConfig { ActivityTimeout = timeout },
        HealthCheck = new()
        {
            // With one replica there is nothing to choose, and a refused connection says more than "no healthy destination".
            AvailableDestinationsPolicy = HealthCheckConstants.AvailableDestinations.HealthyOrPanic,
            Active = new() { Enabled = checkHealth, Interval = TimeSpan.FromSeconds(2), Timeout = TimeSpan.FromSeconds(2), Path = "/health/ready", Policy = HealthCheckConstants.ActivePolicy.ConsecutiveFailures },
        },
    };
}
