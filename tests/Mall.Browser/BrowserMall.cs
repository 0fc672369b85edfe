using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Jangteo.Mall.Testing;
using Microsoft.Playwright;

namespace Jangteo.Mall.Browser;

/// <summary>The size of a window.</summary>
public enum Screen { Desktop, Phone }

/// <summary>A mall, and the system's Chromium to visit it with. The tests of a class share it.</summary>
public abstract class BrowserMall(Shape shape, params (string, string)[] settings) : IAsyncLifetime
{
    const float TimeoutMilliseconds = 60_000;
    static readonly string s_chromium = Environment.GetEnvironmentVariable("JANGTEO_TEST_CHROMIUM") ?? "/usr/bin/chromium";
    static readonly string[] s_arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
    static readonly string s_results = Path.Combine(Root(), "TestResults");

    IPlaywright _playwright = null!;
    IBrowser _browser = null!;

    public TestMall Mall { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = s_chromium, Args = s_arguments, Timeout = TimeoutMilliseconds });
        Assertions.SetDefaultExpectTimeout(TimeoutMilliseconds);
        Mall = await TestMall.Open(shape, settings);
    }

    /// <summary>Does something in a window of its own; what goes wrong is photographed.</summary>
    public async Task Visit(Screen screen, Words words, Func<IPage, Task> deed, bool script = true, bool bypassPolicy = false, [CallerMemberName] string test = "")
    {
        await using var context = await _browser.NewContextAsync(new()
        {
            BaseURL = Mall.Origin.ToString(),
            ViewportSize = screen == Screen.Phone ? new() { Width = 390, Height = 844 } : new() { Width = 1280, Height = 900 },
            HasTouch = screen == Screen.Phone,
            Locale = words.Locale,
            TimezoneId = "Asia/Seoul",
            JavaScriptEnabled = script,
            BypassCSP = bypassPolicy,
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(TimeoutMilliseconds);
        var page = await context.NewPageAsync();
        // A question of the page ("really cancel?") is answered with yes.
        page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        var broken = new ConcurrentQueue<string>();
        page.PageError += (_, error) => broken.Enqueue($"{page.Url}: {error}");
        try
        {
            await deed(page);
            if (!broken.IsEmpty) throw new InvalidOperationException($"A script broke: {string.Join("; ", broken)}");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new InvalidOperationException($"At {page.Url}, photographed in {await Photograph(page, test)}: {e.Message}", e);
        }
    }

    /// <summary>Fills in the log-in page that the window shows.</summary>
    public static async Task LogIn(IPage page, Words w, string email, string password)
    {
        await page.GetByLabel(w["이메일 주소", "E-mail address"]).FillAsync(email);
        await page.GetByLabel(w["비밀번호", "Password"]).FillAsync(password);
        await page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Button).ClickAsync();
    }

    static async Task<string> Photograph(IPage page, string test)
    {
        var path = Path.Combine(s_results, $"{test}-{DateTime.UtcNow:HHmmssfff}.png");
        try
        {
            await page.ScreenshotAsync(new() { Path = path, FullPage = true });
            return path;
        }
        catch (PlaywrightException)
        {
            return "no picture, as the window is gone";
        }
    }

    static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Jangteo.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? AppContext.BaseDirectory;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        await Mall.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
