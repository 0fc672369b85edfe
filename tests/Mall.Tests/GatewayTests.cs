using Jangteo.Gateway;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Jangteo.Mall.Tests;

/// <summary>The gateway before a service that the test plays.</summary>
public class GatewayTests
{
    [Fact]
    public async Task What_staff_upload_may_be_large_and_take_its_time()
    {
        const int Bytes = 2 << 20;
        await using var service = WebApplication.CreateSlimBuilder().Build();
        service.Urls.Add("http://127.0.0.1:0");
        service.Run(async http =>
        {
            http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
            var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            // Longer than the gateway waits for anything else.
            await Task.Delay(TimeSpan.FromSeconds(11));
            await http.Response.WriteAsync($"{body.Length}");
        });
        await service.StartAsync();
        var folder = Directory.CreateTempSubdirectory("gateway-").FullName;
        var builder = ServiceHost.CreateBuilder("gateway", [], [new("Urls", "http://127.0.0.1:0"), new("Data:Folder", folder), .. GatewayRoutes.Parts.Select(p => KeyValuePair.Create($"Modules:{p}:Address", (string?)service.Urls.Single()))]);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.AddGateway();
        await using var gateway = builder.BuildService();
        gateway.MapGateway();
        await gateway.StartAsync();
        using var staff = new HttpClient { BaseAddress = new(gateway.Urls.Single()) };

        var answers = await Task.WhenAll(new[] { "/api/catalog/imports", "/api/catalog/pictures", "/backoffice/products/import" }.Select(async path =>
            await (await staff.PostAsync(path, new ByteArrayContent(new byte[Bytes]))).Content.ReadAsStringAsync()));

        Assert.All(answers, answer => Assert.Equal($"{Bytes}", answer));
        await gateway.StopAsync();
        Directory.Delete(folder, recursive: true);
    }
}
