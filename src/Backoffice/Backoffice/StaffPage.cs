using Jangteo.Platform;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection;
using Polly;

namespace Jangteo.Backoffice;

/// <summary>What every page of the backoffice can do: ask a module and go on when it is down, act and say how it went.</summary>
abstract class StaffPage : PageModel
{
    Modules? _modules;
    Words? _words;

    /// <summary>Said once on the next page: what was done.</summary>
    [TempData]
    public string? Done { get; set; }

    /// <summary>Said once on the next page: why it was not done.</summary>
    [TempData]
    public string? Refused { get; set; }

    /// <summary>What is wrong with this page: modules that do not answer.</summary>
    public List<string> Troubles { get; } = [];

    /// <summary>
    /// Made with the form, so that what is sent twice is done once. When a module did not answer it may have been done, and the
    /// form keeps its key; what was refused is corrected under a new one, for a refused key is answered the same for ever.
    /// </summary>
    public string Key { get; private set; } = Guid.CreateVersion7().ToString();

    internal Modules Modules => _modules ??= HttpContext.RequestServices.GetRequiredService<Modules>();
    internal Words W => _words ??= HttpContext.RequestServices.GetRequiredService<Words>();
    internal CancellationToken Ct => HttpContext.RequestAborted;

    /// <summary>Asks for something to show; null, and a notice on the page, when the module refuses or is down.</summary>
    internal async Task<T?> Ask<T>(string module, Func<Task<Answer<T>>> call) where T : class
    {
        try
        {
            var answer = await call();
            if (answer.Ok) return answer.Value;
            if (answer.Problem.Status != 404) Tell($"{W.Module(module)}: {W.Refusal(answer.Problem)}");
        }
        catch (Exception e) when (IsOutage(e))
        {
            Tell(W[$"‘{W.Module(module)}’ 모듈이 지금 응답하지 않습니다. 나머지 기능은 그대로 사용할 수 있습니다.", $"The module {W.Module(module)} does not answer just now. The rest works."]);
        }
        return null;
    }

    /// <summary>Does something, and keeps for the next page how it went.</summary>
    internal async Task<T?> Do<T>(string module, Func<Task<Answer<T>>> call, string done) where T : class
    {
        try
        {
            var answer = await call();
            if (answer.Ok) Done = done.Length > 0 ? done : Done;
            else Refused = W.Refusal(answer.Problem);
            return answer.Value;
        }
        catch (Exception e) when (IsOutage(e))
        {
            if (Request.HasFormContentType && Request.Form["key"] is [{ } key]) Key = key;
            Refused = W[$"‘{W.Module(module)}’ 모듈이 응답하지 않아 완료하지 못했습니다. 처리되었는지 확인한 뒤 다시 시도해 주세요.", $"The module {W.Module(module)} did not answer. Look whether it was done before you try again."];
            return null;
        }
    }

    void Tell(string trouble)
    {
        if (!Troubles.Contains(trouble)) Troubles.Add(trouble);
    }

    static bool IsOutage(Exception e) => e is HttpRequestException or TimeoutException or ExecutionRejectedException or TaskCanceledException { InnerException: TimeoutException };
}
