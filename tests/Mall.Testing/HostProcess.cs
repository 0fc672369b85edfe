using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Jangteo.Platform.Testing;

namespace Jangteo.Mall.Testing;

/// <summary>Where the sources are.</summary>
public static class Repository
{
    /// <summary>The folder of Jangteo.slnx.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    static string Find(string folder) => File.Exists(Path.Combine(folder, "Jangteo.slnx")) ? folder : Find(Path.GetDirectoryName(folder)!);
}

/// <summary>A module's host as a real process, to be stopped and killed.</summary>
public sealed class HostProcess : IDisposable
{
    readonly StringBuilder _output = new();
    readonly Process _process;

    /// <summary>Starts src/{module}/{module}.Host, as the solution was built, on the given folder and port.</summary>
    public HostProcess(string module, string dataFolder, int port, IReadOnlyDictionary<string, string> settings) :
        this(BuiltIn($"src/{module}/{module}.Host"), [], dataFolder, port, settings) { }

    /// <summary>Starts a program of the solution.</summary>
    public HostProcess(string program, string[] arguments, string dataFolder, int port, IReadOnlyDictionary<string, string> settings)
    {
        Url = new Uri($"http://127.0.0.1:{port}");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = dataFolder,
            Environment = { ["Urls"] = Url.ToString(), ["Data__Folder"] = dataFolder, ["Limits__RequestsPerSecondPerAddress"] = "100000" },
        };
        foreach (var (key, value) in settings) start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => { lock (_output) _output.AppendLine(line.Data); };
        _process.ErrorDataReceived += (_, line) => { lock (_output) _output.AppendLine(line.Data); };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The program that the build of a project's folder made.</summary>
    public static string BuiltIn(string folder)
    {
        var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        return Path.Combine(Repository.Root, $"{folder}/bin/{configuration}/net10.0/Jangteo.{Path.GetFileName(folder)}.dll");
    }

    public Uri Url { get; }

    public string Output { get { lock (_output) return _output.ToString(); } }

    /// <summary>
    /// Ports that nobody listens on just now. Not the system's choice, which it may give to anybody's outgoing connection while
    /// a process that died is away from its port: each test process goes around in five hundred of its own, below those.
    /// </summary>
    public static int[] FreePorts(int count) => [.. Enumerable.Range(0, PortsOfProcess).Select(_ => FirstPort + (Interlocked.Increment(ref _port) & int.MaxValue) % PortsOfProcess).Where(IsFree).Take(count)];

    const int PortsOfProcess = 500;
    static readonly int FirstPort = 10_000 + Environment.ProcessId % 40 * PortsOfProcess;
    static int _port;

    static bool IsFree(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Waits until it may be sent traffic.</summary>
    public Task Ready() => Eventually.Holds(async () => await Status("/health/ready") == 200, $"{Url} is ready: {Output}");

    /// <summary>The status of a GET; 0 when nothing answers.</summary>
    public async Task<int> Status(string path)
    {
        using var http = new HttpClient { BaseAddress = Url };
        try
        {
            return (int)(await http.GetAsync(path)).StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    /// <summary>SIGTERM: asks it to leave in good order.</summary>
    public void Terminate() => Process.Start("kill", ["-TERM", _process.Id.ToString()]).WaitForExit();

    /// <summary>Waits for the end and gives the exit code.</summary>
    public async Task<int> Exit()
    {
        await _process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
        return _process.ExitCode;
    }

    /// <summary>When it has ended, however it did.</summary>
    public Task Ended => _process.WaitForExitAsync();

    /// <summary>Closes its input, as the system does when whoever started it dies.</summary>
    public void Leave() => _process.StandardInput.Close();

    /// <summary>SIGKILL, if it still runs.</summary>
    public void Kill()
    {
        try
        {
            if (!_process.HasExited) _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has just ended by itself.
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
