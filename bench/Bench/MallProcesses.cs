using System.Diagnostics;
using System.Globalization;

namespace Jangteo.Bench;

/// <summary>The mall as real processes on a data folder of its own, together or apart.</summary>
sealed class MallProcesses : IAsyncDisposable
{
    static readonly string[] Parts = ["Identity", "Catalog", "Inventory", "Cart", "Orders", "Payments", "Board", "SandboxPay", "Storefront", "Backoffice"];

    // As ./mall up builds it.
    const string Mall = "artifacts/mall/Jangteo.Mall.dll";

    static string HostOf(string part) => $"artifacts/apart/{part}/Jangteo.{part}.Host.dll";

    readonly List<Process> _processes = [];
    const int Port = 5480;

    readonly string _folder;
    readonly string[] _settings;

    MallProcesses(string[] settings, string? folder) => (_settings, _folder) = (settings, folder ?? Directory.CreateTempSubdirectory("mall-bench-").FullName);

    public const string StaffPassword = "bench staff passphrase 9";

    public string Folder => _folder;

    public Uri Origin => new($"http://127.0.0.1:{Port}");

    /// <summary>Milliseconds from the start of the (last) process to the first page.</summary>
    public double StartMilliseconds { get; private set; }

    public static Task<MallProcesses> Together() => With([], null);

    public static Task<MallProcesses> Apart() => Start([], null, apart: true);

    /// <summary>Together, with other settings or its data in another folder, which is made and removed.</summary>
    public static Task<MallProcesses> With(string[] settings, string? folder) => Start(settings, folder, apart: false);

    static async Task<MallProcesses> Start(string[] settings, string? folder, bool apart)
    {
        var mall = new MallProcesses(settings, folder);
        if (apart)
            for (var i = 0; i < Parts.Length; i++) mall.Run(HostOf(Parts[i]), Port + 1 + i, Parts.Where(p => p != Parts[i]));
        for (var i = 0; apart && i < Parts.Length; i++) await FirstAnswer(new Uri($"http://127.0.0.1:{Port + 1 + i}/health/ready"), 60);
        var clock = Stopwatch.StartNew();
        if (apart) mall.Run(HostOf("Gateway"), Port, Parts);
        else mall.Run(Mall, Port, []);
        await FirstAnswer(mall.Origin, 60);
        mall.StartMilliseconds = clock.Elapsed.TotalMilliseconds;
        return mall;
    }

    /// <summary>Ends the one process and starts it again on the same data; for start-up times with data in place.</summary>
    public async Task Restart()
    {
        await Stop();
        var clock = Stopwatch.StartNew();
        Run(Mall, Port, []);
        await FirstAnswer(Origin, 60);
        StartMilliseconds = clock.Elapsed.TotalMilliseconds;
    }

    void Run(string assembly, int port, IEnumerable<string> elsewhere)
    {
        var start = new ProcessStartInfo("dotnet", [assembly, "--Urls", $"http://127.0.0.1:{port}", "--Data:Folder", _folder, "--Mall:Origin", Origin.ToString().TrimEnd('/'),
            "--Limits:RequestsPerSecondPerAddress", "1000000", "--Drain:DelaySeconds", "0", "--Identity:Staff:Password", StaffPassword, .. _settings]) { RedirectStandardOutput = true };
        foreach (var part in elsewhere) start.Environment[$"Modules__{part.ToLowerInvariant()}__Address"] = $"http://127.0.0.1:{Port + 1 + Array.IndexOf(Parts, part)}";
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        _processes.Add(process);
    }

    /// <summary>Waits until a process that has just been started answers there.</summary>
    public static async Task FirstAnswer(Uri url, int seconds)
    {
        using var http = new HttpClient();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            try
            {
                if ((await http.GetAsync(url)).IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            await Task.Delay(5);
        }
        throw new TimeoutException($"{url} did not answer within {seconds} s.");
    }

    /// <summary>Resident memory of all its processes, and what of it is their own: the rest are pages of program files, which processes share and the kernel drops when it wants to.</summary>
    public string Memory() => $"{Mebibytes("VmRSS:"):N0} MiB resident, {Mebibytes("RssAnon:") + Mebibytes("RssShmem:"):N0} of them its own";

    double Mebibytes(string line) => _processes.Sum(p => File.ReadLines($"/proc/{p.Id}/status").Where(l => l.StartsWith(line, StringComparison.Ordinal))
        .Select(l => double.Parse(l[line.Length..^3], CultureInfo.InvariantCulture)).Single()) / 1024;

    /// <summary>What all its processes have used of the processor.</summary>
    public double ProcessorSeconds() => _processes.Sum(p =>
    {
        p.Refresh();
        return p.TotalProcessorTime.TotalSeconds;
    });

    async Task Stop()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
        _processes.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        Directory.Delete(_folder, recursive: true);
    }
}
