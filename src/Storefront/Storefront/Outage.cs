using Jangteo.Platform;
using Microsoft.Extensions.Logging;

namespace Jangteo.Storefront;

/// <summary>A module that does not answer takes its part of a page away, not the page.</summary>
static class Outage
{
    /// <summary>The answer, or null when the module refuses or does not answer.</summary>
    public static async Task<T?> OrNull<T>(this Task<Answer<T>> ask, ILogger log) where T : class
    {
        try
        {
            var answer = await ask;
            return answer.Ok ? answer.Value : null;
        }
        catch (Exception e) when (Is(e))
        {
            log.LogWarning("Shown without a part: {Reason}", e.Message);
            return null;
        }
    }

    /// <summary>The answer, or a refusal "unavailable" when the module does not answer: for forms, which keep what was typed.</summary>
    public static async Task<Answer<T>> OrRefusal<T>(this Task<Answer<T>> ask, ILogger log)
    {
        try
        {
            return await ask;
        }
        catch (Exception e) when (Is(e))
        {
            log.LogWarning("Could not be done: {Reason}", e.Message);
            return new(default, new(503, "urn:jangteo:problem:unavailable", e.Message));
        }
    }

    /// <summary>The failure is of the way or of the other side, not of what was asked.</summary>
    public static bool Is(Exception exception) => exception is HttpRequestException or TimeoutException or TaskCanceledException { InnerException: TimeoutException } or Polly.ExecutionRejectedException;
}
