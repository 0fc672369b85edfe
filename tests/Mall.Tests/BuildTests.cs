using System.Diagnostics;
using Jangteo.Mall.Testing;

namespace Jangteo.Mall.Tests;

/// <summary>What the build refuses.</summary>
public class BuildTests
{
    [Theory]
    [InlineData("../../Cart/Cart/Cart.csproj", "MALL001: Orders may not reference Cart: talk through its Contracts.")]
    [InlineData("../../Cart/Cart.Contracts/Cart.Contracts.csproj", null)]
    [InlineData("../../Platform/Platform/Platform.csproj", null)]
    public async Task A_module_that_references_the_inside_of_another_does_not_build(string reference, string? refusal)
    {
        var folder = FolderWithOurRules();
        Write(folder, "src/Orders/Orders/Orders.csproj", $"""<Project Sdk="Microsoft.NET.Sdk"><ItemGroup><ProjectReference Include="{reference}" /></ItemGroup></Project>""");
        Write(folder, Path.Combine("src/Orders/Orders", reference), """<Project Sdk="Microsoft.NET.Sdk" />""");

        var (exit, output) = await Run(folder, "msbuild", "src/Orders/Orders/Orders.csproj", "-t:CheckModuleBoundaries", "-nologo");

        if (refusal is null) Assert.True(exit == 0, output);
        else Assert.Contains(refusal, output);
        Assert.Equal(refusal is null, exit == 0);
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("{}", "MALL002: The API of Orders is not the one in Orders.Contracts/openapi.json.")]
    [InlineData(null, null)]
    public async Task An_API_that_drifted_from_its_agreed_document_does_not_build(string? built, string? refusal)
    {
        var folder = FolderWithOurRules();
        var agreed = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src/Orders/Orders.Contracts/openapi.json"));
        Write(folder, "src/Orders/Orders.Contracts/openapi.json", agreed);
        Write(folder, "src/Orders/Orders.Host/Orders.Host.csproj", """<Project Sdk="Microsoft.NET.Sdk" />""");
        Write(folder, "src/Orders/Orders.Host/obj/openapi/orders_orders.json", built ?? agreed);

        var (exit, output) = await Run(folder, "msbuild", "src/Orders/Orders.Host/Orders.Host.csproj", "-t:CheckApiDocument", "-nologo");

        if (refusal is not null) Assert.Contains(refusal, output);
        Assert.True(refusal is null == (exit == 0), output);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Platform_stays_small()
    {
        var lines = Directory.GetFiles(Path.Combine(Repository.Root, "src/Platform/Platform"), "*.cs").SelectMany(File.ReadLines)
            .Select(line => line.Trim()).Count(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal));
        Assert.InRange(lines, 1, 2_500);
    }

    static string FolderWithOurRules()
    {
        var folder = Directory.CreateTempSubdirectory("build-").FullName;
        foreach (var file in Directory.GetFiles(Repository.Root, "Directory.*")) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        return folder;
    }

    static void Write(string folder, string path, string content)
    {
        var file = Path.GetFullPath(Path.Combine(folder, path));
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }

    static async Task<(int Exit, string Output)> Run(string folder, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }
}
