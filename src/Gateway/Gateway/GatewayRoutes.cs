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

    // What a client may not say about itself: who it is and where it comes from is ours to find out.
    static readonly string[] ClientSentIdentity = ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "Forwarded", "X-Real-IP", "X-Original-For", "X-Original-Host", "X-Original-Proto", "X-Original-URL", "X-Rewrite-URL", "X-Member", "X-User"];

    /// <summary>The public paths of each part of the mall, in the order of <see cref="Parts"/>.</summary>
    static readonly Dictionary<string, string[]> PathsOf = new()
    {
        ["identity"] = [.. Api("identity"), "/identity/{**rest}", "/connect/{**rest}", "/.well-known/{**rest}"],
        ["catalog"] = Api("catalog"),
        ["inventory"] = Api("inventory"),
        ["cart"] = Api("cart"),
        ["orders"] = Api("orders"),
        ["payments"] = Api("payments"),
        ["board"] = Api("board"),
        ["sandboxpay"] = ["/sandbox-pay/{**rest}"],
        ["backoffice"] = ["/backoffice/{**rest}"],
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
        ClusterId = IsFeed(path) ? $"{part}-feed" : part,
        // The storefront takes what nobody else claims.
        Order = part == "storefront" ? 100 : 0,
        Match = new() { Path = path },
    });

    static IEnumerable<ClusterConfig> ClustersOf(string part, IConfiguration configuration)
    {
        var addresses = configuration[$"Modules:{part}:Address"]!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        yield return Cluster(part, addresses, ActivityTimeout, checkHealth: true);
        // Reading a feed may wait half a minute for news; readers try again by themselves.
        if (PathsOf[part].Any(IsFeed)) yield return Cluster($"{part}-feed", addresses, FeedActivityTimeout, checkHealth: false);
    }

    static bool IsFeed(string path) => path.StartsWith("/feeds", StringComparison.Ordinal);

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
